import { z } from '@hono/zod-openapi'
import { line, text } from '../platform/schema.ts'
import { fullNameInput } from './user.ts'

/** One emoji as Unicode lists it, or none. */
const emojiOrNone = z
  .string()
  .max(64)
  .regex(/^(?:\p{RGI_Emoji})?$/v, 'must be one emoji')

const phone = z.string().regex(/^(?:\+?[0-9][0-9 ()./-]{1,31})?$/, 'must be a phone number')

const language = z
  .string()
  .max(35)
  .refine((tag) => tag === '' || isLanguage(tag), 'must be a language tag such as en or ru')

/** What a person may change of themselves; only what is sent changes. */
export const profileInput = z.strictObject({
  full_name: fullNameInput.optional(),
  phone_number: phone.nullable().optional(),
  bio: text(500).optional(),
  status_text: line(100).optional(),
  status_emoji: emojiOrNone.optional(),
  locale: language.nullable().optional(),
})

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
