import { z } from '@hono/zod-openapi'
import type { App } from '../platform/context.ts'
import type { Handlers } from '../platform/jobs/run.ts'
import { id } from '../platform/schema.ts'
import { purgeChat } from './purge.ts'

const purgePayload = z.object({ chat_id: id<'chat'>() })

export const chatJobs: Handlers = {
  purge_chat: (app: App, payload: unknown, { signal }) =>
    purgeChat(app, purgePayload.parse(payload).chat_id, signal),
}
