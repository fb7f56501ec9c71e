import type { Value } from '../../platform/db/db.ts'
import type { Row, Source } from '../../platform/keeping/source.ts'
import { toTime, toTimeOrNull } from '../../platform/schema.ts'

export interface Scope {
  /** One chat and who is or was in it. */
  chat: string | undefined
  /** Only messages from then on, Unix ms. */
  since: number | undefined
}

/** One thing of an export, as `docs/operate/export.md` describes it. */
export type Exported = { type: string } & Record<string, unknown>

/** Everything that people see, nothing that opens a door: no passwords, sessions, tokens or phone numbers. */
export async function* exportRows(source: Source, scope: Scope): AsyncGenerator<Exported[]> {
  yield [{ type: 'export', format: 1, created_at: toTime(Date.now()) }]
  for (const part of [users(scope), chats(scope), members(scope)]) {
    for await (const rows of source.rows(part.text, part.values)) yield rows.map(part.toLine)
  }
  yield* exportMessages(source, scope)
}

interface Part {
  text: string
  values: Value[]
  toLine(row: Row): Exported
}

const users = ({ chat }: Scope): Part => ({
  text: `select id, username, email, full_name, bio, status_text, status_emoji, locale, role, kind, is_active, created_at
    from users ${chat === undefined ? '' : 'where id in (select user_id from members where chat_id = ?)'} order by id`,
  values: of(chat),
  toLine: ([
    id,
    username,
    email,
    full_name,
    bio,
    status_text,
    status_emoji,
    locale,
    role,
    kind,
    active,
    at,
  ]) => ({
    type: 'user',
    ...{ id, username, email, full_name, bio, status_text, status_emoji, locale, role, kind },
    is_active: active === 1,
    created_at: time(at),
  }),
})

const chats = ({ chat }: Scope): Part => ({
  text: `select id, kind, visibility, name, topic, created_by, created_at, archived_at from chats
    where deleted_at is null ${chat === undefined ? '' : 'and id = ?'} order by id`,
  values: of(chat),
  toLine: ([id, kind, visibility, name, topic, created_by, at, archived]) => ({
    type: 'chat',
    ...{ id, kind, visibility, name, topic, created_by },
    created_at: time(at),
    archived_at: time(archived),
  }),
})

const members = ({ chat }: Scope): Part => ({
  text: `select m.chat_id, m.user_id, m.role, m.joined_at, m.left_at from members m
    join chats c on c.id = m.chat_id
    where c.deleted_at is null ${chat === undefined ? '' : 'and c.id = ?'} order by m.chat_id, m.user_id`,
  values: of(chat),
  toLine: ([chat_id, user_id, role, joined, left]) => ({
    type: 'member',
    ...{ chat_id, user_id, role },
    joined_at: time(joined),
    left_at: time(left),
  }),
})

/** A message and each of its reactions come as rows of one join: they are read in one pass, and put together here. */
async function* exportMessages(source: Source, { chat, since }: Scope): AsyncGenerator<Exported[]> {
  const where = [
    'c.deleted_at is null',
    ...(chat === undefined ? [] : ['c.id = ?']),
    ...(since === undefined ? [] : ['m.created_at >= ?']),
  ]
  const text = `select m.id, m.chat_id, m.seq, m.sender_id, m.kind, m.content, m.reply_to, m.system, m.mentions,
      m.pinned_at, m.edited_at, m.deleted_at, m.created_at, r.emoji, r.user_id, r.created_at as reacted_at
    from messages m join chats c on c.id = m.chat_id
    left join reactions r on r.chat_id = m.chat_id and r.message_id = m.id
    where ${where.join(' and ')} order by m.chat_id, m.seq`
  let last: Message | null = null
  for await (const rows of source.rows(text, [...of(chat), ...of(since)])) {
    const whole: Exported[] = []
    for (const row of rows) {
      const isSame: boolean = last !== null && last.id === row[0] && last.chat_id === row[1]
      if (last !== null && !isSame) whole.push(settled(last))
      const message: Message = last !== null && isSame ? last : toMessage(row)
      const [emoji, user_id, at] = row.slice(13)
      if (emoji !== null) message.reactions.push({ emoji, user_id, created_at: time(at) })
      last = message
    }
    yield whole
  }
  if (last !== null) yield [settled(last)]
}

type Message = Exported & { id: unknown; chat_id: unknown; reactions: Reaction[] }

interface Reaction {
  emoji: unknown
  user_id: unknown
  created_at: string | null
}

function toMessage(row: Row): Message {
  const [
    id,
    chat_id,
    seq,
    sender_id,
    kind,
    content,
    reply_to,
    system,
    mentions,
    pinned,
    edited,
    deleted,
    at,
  ] = row
  return {
    type: 'message',
    ...{ id, chat_id, seq, sender_id, kind, reply_to },
    content: deleted === null ? content : '',
    system: system === null ? null : JSON.parse(String(system)),
    mentions: JSON.parse(String(mentions)),
    pinned_at: time(pinned),
    edited_at: time(edited),
    deleted_at: time(deleted),
    created_at: time(at),
    reactions: [],
  }
}

const settled = (message: Message): Message => ({
  ...message,
  reactions: message.reactions.sort((a, b) => orderOf(a).localeCompare(orderOf(b), 'en')),
})

const orderOf = ({ created_at, emoji, user_id }: Reaction): string => `${created_at} ${user_id} ${emoji}`

const of = (value: string | number | undefined): Value[] => (value === undefined ? [] : [value])

const time = (at: unknown): string | null => toTimeOrNull(at === null ? null : Number(at))
