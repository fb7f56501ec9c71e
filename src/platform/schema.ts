import { z } from '@hono/zod-openapi'
import { type Id, isUuid } from './ids.ts'

/** The pieces every input and answer is made of: `docs/protocol.md`, "Shapes and statuses". */

// Each is one schema with its checks: a `transform` between them makes a pipe of schemas, and every frame pays for it.
// What says `abort` is the last thing said of a text that is no good.

/** Any UUID, kept as the client wrote it but for its case. */
export const clientId = z.string().refine(isUuid, { error: 'not a UUID', abort: true }).toLowerCase()

export const id = <Kind extends string>() => clientId as unknown as z.ZodType<Id<Kind>, string>

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come in
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/

/** Text as the protocol wants it: NFC, no control characters but newline and tab, length in code points. */
export const text = (max: number, min = 0) => {
  const whole = z
    .string()
    .refine((raw) => raw.isWellFormed(), { error: 'holds a lone surrogate', abort: true })
    .refine((raw) => !CONTROL.test(raw), { error: 'holds a control character', abort: true })
    .normalize('NFC')
    .refine((raw) => codePointsAtMost(raw, max), `longer than ${max} characters`)
  return min === 0 ? whole : whole.refine((raw) => codePointsAtLeast(raw, min), shorter(min))
}

const shorter = (min: number): string => `shorter than ${min} characters`

/** One line of text: names, topics. Trimmed. */
export const line = (max: number, min = 0) =>
  text(max, 0)
    .refine((raw) => !/[\n\t]/.test(raw), { error: 'holds a line break', abort: true })
    .trim()
    .refine((raw) => min === 0 || codePointsAtLeast(raw, min), shorter(min))

/** Characters that turn text around or cannot be seen: a name made of them passes for another's (S-29). */
const DECEIVING = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/u

/** What somebody or something is called: one line that shows, and nothing in it that hides. */
export const name = (max: number, min = 0) =>
  line(max, min)
    .refine((raw) => !DECEIVING.test(raw), 'holds an invisible character')
    .refine((raw) => raw === '' || VISIBLE.test(raw), 'shows nothing')

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

const codePointsAtMost = (text: string, max: number) => text.length <= max || codePoints(text) <= max
const codePointsAtLeast = (text: string, min: number) => codePoints(text) >= min

export const time = z.iso.datetime({ precision: 3 })

/** What is stored together is told of one time: its text is made once. */
export function toTime(ms: number): string {
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() }
  return last.text
}

let last = { ms: 0, text: '1970-01-01T00:00:00.000Z' }

export const toTimeOrNull = (ms: number | null): string | null => (ms === null ? null : toTime(ms))

export const seq = z.int().min(0)

/** `?limit=&cursor=` of every list. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(200).optional(),
})

export const page = z.object({ next: z.string().nullable() })
