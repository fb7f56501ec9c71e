import { type MailTexts, mailEn } from './mail.en.ts'
import { mailRu } from './mail.ru.ts'
import type { Locale } from './plural.ts'

export type { MailText, MailTexts } from './mail.en.ts'

/** Every mail in one language. */
export const mailTexts = (locale: Locale): MailTexts => ({ en: mailEn, ru: mailRu })[locale]
