import type { Context } from 'hono'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { z } from 'zod'
import { type Code, Refusal, refuse } from '../errors.ts'
import type { Env } from './api.ts'

/** Fields as a form sends them; one that may come more than once is named as such, and is then always a list. */
export type Values = Record<string, string | string[]>

/** What became of a form that was refused: what it held, which fields were wrong, and why. */
export interface Failed {
  values: Values
  /** Names of fields that the schema refused. */
  faults: string[]
  /** Null where only fields are to blame. */
  reason: string | null
}

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

export interface Submission<Input> {
  schema: z.ZodType<Input>
  /** Fields that are lists: several boxes with one name. */
  lists?: readonly string[]
  /** Codes that are the error page's elsewhere: here what was written comes back, to be sent once more. */
  keeps?: readonly Code[]
  /** Does it, and says which page is next. */
  act(input: Input): Promise<string>
  /** The page once more, with what was wrong. */
  again(failed: Failed): Html | Promise<Html>
}

/**
 * A posted form: read, done, and on to the next page by 303, so that going back or reloading sends nothing twice.
 * What a person can mend is answered 422 with the form; everything else is the error page's.
 */
export async function submit<Input>(c: Context<Env>, submission: Submission<Input>): Promise<Response> {
  const values = await readForm(c, submission.lists ?? [])
  const parsed = submission.schema.safeParse(values)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path }) => String(path[0] ?? ''))
    return again(c, submission, {
      values,
      faults: [...new Set(faults)],
      reason: faults.includes('') ? 'input' : null,
    })
  }
  try {
    return c.redirect(await submission.act(parsed.data), 303)
  } catch (error) {
    if (!(error instanceof Refusal) || !isMendable(error, submission.keeps)) throw error
    return again(c, submission, { values, faults: [], reason: error.reason })
  }
}

async function again<Input>(
  c: Context<Env>,
  { again }: Submission<Input>,
  failed: Failed,
): Promise<Response> {
  return c.html(await again(failed), 422)
}

/** Nothing that one writes into the form brings back a session, a chat or a database. */
const isMendable = ({ code, reason }: Refusal, keeps: readonly Code[] = []): boolean =>
  (keeps.includes(code) || !['internal', 'unavailable', 'rate_limited'].includes(code)) &&
  !['chat', 'message', 'session_over', 'session_required'].includes(reason)

/** Forms without files are urlencoded, with or without JavaScript. Refuses `unsupported` `content_type`. */
export async function readForm(c: Context<Env>, lists: readonly string[] = []): Promise<Values> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) refuse('unsupported', 'content_type')
  const sent = new URLSearchParams(await c.req.text())
  const values: Values = Object.create(null)
  for (const [name, value] of sent) if (!lists.includes(name)) values[name] = value
  for (const name of lists) values[name] = sent.getAll(name)
  return values
}

/** Only a path of ours: a form must not lead anybody to another site. */
export const pathOrHome = (path: string | undefined): string =>
  path !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(path) ? path : '/'
