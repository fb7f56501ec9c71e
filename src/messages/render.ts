import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import type { Limit } from '../platform/http/limits.ts'
import type { Id } from '../platform/ids.ts'
import { inLine } from './line.ts'
import { renderMarkdown } from './markdown.ts'
import { targetNames } from './mentions.ts'
import { findNamed } from './sql.ts'

/** A text as it will be shown; its names are not looked up yet. */
export interface Rendered {
  /** Null when the text as it stands, line breaks kept, is enough. */
  html: string | null
  /** User names, `channel` and `here`, in lower case, each once. */
  names: readonly string[]
  /** Nothing but names is marked: when they mean nobody, the text as it stands is enough. */
  bare: boolean
}

/** Any of these may be markup: a mark, an address, a name, the start of a line. A text with none needs no HTML. */
const MARKUP = /[*_`~[\]<&\\@]|:\/\/|^[ \t]{0,3}(?:[>+-]|\d{1,9}[.)])/m
const PLAIN: Rendered = { html: null, names: [], bare: true }

export interface Writing {
  userId: Id<'user'>
  content: string
  /** What is written in one line is stored in the order in which it was asked for. */
  line: string
  limit: Limit
}

/** Spends the limit, renders, and waits for what was asked for before. Call it before anything is awaited (C6). */
export function prepare(app: App, writing: Writing): Promise<Rendered> {
  // Rendered before anything else can happen: nobody has to wait for it.
  const isQuick = !MARKUP.test(writing.content)
  return inLine(writing.line, isQuick, spendAndRender(app, writing, isQuick))
}

async function spendAndRender(
  app: App,
  { limit, userId, content }: Writing,
  isQuick: boolean,
): Promise<Rendered> {
  await app.limits.spend(limit, userId)
  return isQuick ? PLAIN : renderMarkdown(content)
}

export interface Named {
  html: string | null
  /** User ids, `channel`, `here`. */
  mentions: readonly string[]
}

const NOBODY: Named['mentions'] = []
const EVERYBODY = ['channel', 'here']

/** A text that names nobody. */
export const nobody = ({ html }: Rendered): Named => ({ html, mentions: NOBODY })

/** Finds who of the chat's members is meant. Nobody else is named: a name must not tell who exists. */
export async function nameMembers(sql: Sql, chatId: Id<'chat'>, rendered: Rendered): Promise<Named> {
  const { html, names, bare } = rendered
  if (names.length === 0) return nobody(rendered)
  const members = await findNamed(sql, chatId, names)
  const targets = new Map<string, string>(members.map((member) => [member.username, member.id]))
  for (const word of EVERYBODY) if (names.includes(word)) targets.set(word, word)
  if (targets.size === 0 && bare) return { html: null, mentions: NOBODY }
  return { html: html && targetNames(html, targets), mentions: [...new Set(targets.values())] }
}
