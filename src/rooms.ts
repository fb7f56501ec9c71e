import type { Api } from './platform/http/api.ts'
import { createApi } from './platform/http/createApi.ts'
import type { Handlers } from './platform/jobs/run.ts'
import { sealedJobs } from './platform/jobs/sealed.ts'
import { mailJobs } from './platform/mail/mail.ts'
import type { LocalBus } from './platform/realtime/bus.ts'
import type { Frames } from './platform/realtime/frames.ts'
import type { SealedColumn } from './platform/secretsRotation.ts'
import { mountAccountsApi } from './accounts/api.ts'
import { accountJobs, sealedAccounts } from './accounts/index.ts'
import { mountChatsApi } from './chats/api.ts'
import { chatFrames } from './chats/frames.ts'
import { chatJobs } from './chats/jobs.ts'
import type { Config } from './config.ts'
import { mountJoiningApi } from './joining/api.ts'
import { joiningJobs } from './joining/index.ts'
import { messagesFrames, mountMessagesApi } from './messages/index.ts'
import { createTyping, type Here, presenceFrames } from './presence/index.ts'

/** What each room adds to the node: the one list of all routes, frames and jobs. */

export function mountApi(here: Here): Api {
  const api = createApi()
  mountAccountsApi(api, here.of)
  mountChatsApi(api)
  mountMessagesApi(api)
  mountJoiningApi(api, here.of)
  return api
}

/** What programs read before they speak, and people at `/docs/api`. */
export interface Documents {
  openapi: object
  asyncapi: object
}

/** Made at the first asking, the same for everybody. */
export function createDocuments(api: Api, frames: Frames): () => Promise<Documents> {
  let made: Promise<Documents> | undefined
  const make = async (): Promise<Documents> => {
    const { asyncApiDocument, openApiDocument } = await import('./apiDocuments.ts')
    return { openapi: openApiDocument(api), asyncapi: asyncApiDocument(frames) }
  }
  return () => {
    made ??= make()
    return made
  }
}

export function mountDocuments(api: Api, documents: () => Promise<Documents>): void {
  api.get('/api/openapi.json', async (c) => c.json((await documents()).openapi))
  api.get('/api/asyncapi.json', async (c) => c.json((await documents()).asyncapi))
}

export const allFrames = (here: Here, bus: LocalBus): Frames => ({
  ...chatFrames,
  ...messagesFrames,
  ...presenceFrames(here, createTyping(bus)),
})

export const allJobs = (config: Config): Handlers => ({
  ...mailJobs(config),
  ...accountJobs,
  ...chatJobs,
  ...joiningJobs,
})

/** What is kept under the secret key of the installation: all of it is sealed anew when that is replaced. */
export const allSealed: readonly SealedColumn[] = [...sealedAccounts, sealedJobs]
