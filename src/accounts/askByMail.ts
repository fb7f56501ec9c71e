import type { App } from '../platform/context.ts'
import type { Locale } from '../texts/index.ts'
import { isMailOn } from './mail.ts'

/** Who asks for a mail: from where, and in which language. */
export interface Asker {
  address: string
  locale?: Locale
}

/** Mails cost the receiver's patience: a few per mailbox, more per office. */
const PER_EMAIL = { name: 'mail_asked', points: 5, perMs: 900_000 }
const PER_ADDRESS = { name: 'mail_asked_address', points: 60, perMs: 900_000 }

/** Asks for a link to set another password. Answers the same whether there is such an account (S-55). */
export const forgotPassword = (app: App, email: string, from: Asker): Promise<void> =>
  ask(app, 'send_reset', email, from)

/** Asks for the link that proves an e-mail once more. Answers the same whether anything is sent. */
export const resendVerification = (app: App, email: string, from: Asker): Promise<void> =>
  ask(app, 'send_verification', email, from)

/** One write for a known and an unknown account alike: who it is for is looked up by the job, after the answer. */
async function ask(app: App, kind: string, email: string, { address, locale }: Asker) {
  await app.limits.spend(PER_ADDRESS, address)
  await app.limits.spend(PER_EMAIL, email)
  if (!isMailOn(app)) return
  await app.db.write((sql) => app.jobs.enqueue(sql, { kind, payload: { email, asked: locale ?? null } }))
}
