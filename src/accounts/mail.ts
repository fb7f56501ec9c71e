import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { type Locale, languageOf, localeFor, type MailTexts, mailTexts } from '../texts/index.ts'
import { mailOrigin, resetLink, verifyLink } from './links.ts'
import { issueToken } from './oneTimeToken.ts'
import type { UserRow } from './user.ts'

/** Whether mail can be sent. Off: e-mails are never proven, and passwords are reset by an admin. */
export const isMailOn = (app: App): boolean => app.config.smtpUrl !== null

/** In which language the mail was asked for: for who has chosen none. Null when nobody knows. */
type Asked = Locale | null

/** Asks a person, inside a write, to prove that the e-mail is theirs. */
export async function mailVerification(app: App, sql: Sql, user: UserRow, asked: Asked): Promise<void> {
  const token = await issueToken(sql, user.id, 'verify_email', app.clock.now())
  await send(app, sql, { user, asked, occasion: 'verify', url: verifyLink(mailOrigin(app.config), token) })
}

/** Sends a person, inside a write, a link that sets another password. */
export async function mailReset(app: App, sql: Sql, user: UserRow, asked: Asked): Promise<void> {
  const token = await issueToken(sql, user.id, 'reset_password', app.clock.now())
  await send(app, sql, { user, asked, occasion: 'reset', url: resetLink(mailOrigin(app.config), token) })
}

/** Tells the owner of an account, inside a write, that somebody tried to make another with their e-mail. */
export const mailAlreadyHere = (app: App, sql: Sql, user: UserRow, asked: Asked): Promise<void> =>
  send(app, sql, { user, asked, occasion: 'alreadyRegistered', url: `${mailOrigin(app.config)}/login` })

/** Warns a person, inside a write, that their password is another one now. Nothing where mail is off. */
export async function mailPasswordChanged(app: App, sql: Sql, user: UserRow, asked: Asked): Promise<void> {
  const url = `${mailOrigin(app.config)}/forgot-password`
  if (isMailOn(app)) await send(app, sql, { user, asked, occasion: 'passwordChanged', url })
}

interface Occasion {
  user: UserRow
  asked: Asked
  occasion: keyof MailTexts
  url: string
}

/**
 * Until the e-mail is proven by username, not by full name: a stranger may sign up with anybody's e-mail, and a name is
 * long enough to have us send their words to anyone.
 */
const greeted = ({ email_verified_at: proven, full_name: name, username }: UserRow): string =>
  proven === null ? username : name || username

async function send(app: App, sql: Sql, { user, asked, occasion, url }: Occasion): Promise<void> {
  const locale = languageOf(user.locale) ?? asked ?? localeFor(null, app.config.locale)
  const words = mailTexts(locale)
  const { subject, text } = words[occasion]({ name: greeted(user), url })
  await app.jobs.enqueue(sql, { kind: 'mail', payload: { to: user.email, subject, text } })
}
