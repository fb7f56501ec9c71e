import { z } from '@hono/zod-openapi'
import type { Config } from '../../config.ts'
import type { Handler, Handlers } from '../jobs/run.ts'

/** What a room enqueues as a job of kind `mail`, in the write that causes it (C14). */
export const letter = z.strictObject({
  /** One address, as it stands: never parsed into several. */
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string().optional(),
})
export type Letter = z.infer<typeof letter>

export interface Mail {
  /** False: nothing is sent, and pages say what that means. */
  readonly enabled: boolean
  /**
   * Resolves when the next server has taken it (SMTP 250 after DATA) or it is on disk. `id` is the same at every
   * attempt, so that a receiver can tell a repeat by its Message-ID. Rejects with the server's answer.
   */
  send(message: Letter, id: string, signal?: AbortSignal): Promise<void>
}

type MailConfig = Pick<Config, 'smtpUrl' | 'smtpFrom' | 'baseUrl' | 'dataDir'>

const OFF: Mail = {
  enabled: false,
  send: () => Promise.reject(new Error('mail is off: set WARREN_SMTP_URL')),
}

/** By `WARREN_SMTP_URL`: a mail server, a folder, or nothing. */
export async function openMail(config: MailConfig): Promise<Mail> {
  if (config.smtpUrl === null) return OFF
  if (config.smtpUrl === 'mailbox:') return (await import('./mailbox.ts')).openMailbox(config.dataDir)
  const { openSmtp } = await import('./smtp.ts')
  return openSmtp(config.smtpUrl, senderOf(config))
}

/** Who mail comes from when nobody said. */
export function senderOf({ smtpFrom, baseUrl }: Pick<MailConfig, 'smtpFrom' | 'baseUrl'>): string {
  if (smtpFrom !== null) return smtpFrom
  return `Warren <no-reply@${baseUrl === null ? 'localhost' : new URL(baseUrl).hostname}>`
}

/** The job handler that the roof gives to the worker. The mail server is not touched before the first letter. */
export function mailJobs(config: MailConfig): Handlers {
  if (config.smtpUrl === null) return {}
  let mail: Promise<Mail> | undefined
  const send: Handler = async (_app, payload, { jobId, signal }) => {
    mail ??= openMail(config)
    await (await mail).send(letter.parse(payload), jobId, signal)
  }
  return { mail: send }
}
