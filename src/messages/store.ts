import type { Clock } from '../platform/clock.ts'
import { HELD, type Sql } from '../platform/db/db.ts'
import { Refusal, refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { type Hearing, refuseStranger, whoHearsFirst } from '../chats/index.ts'
import {
  appendAfter,
  excerptOf,
  type MessageRow,
  type MessageWire,
  moveHead,
  type Place,
  presentMessage,
  toWire,
} from '../timeline/index.ts'
import { type Draft, originalHash } from './draft.ts'
import { nameMembers, nobody, type Rendered } from './render.ts'
import {
  findFirsts,
  findMessage,
  findMessageAt,
  findSeat,
  insertMentions,
  raiseSendersMark,
  type Seat,
} from './sql.ts'

/** Something that somebody says, ready to be stored. */
export interface Saying {
  clock: Clock
  userId: Id<'user'>
  draft: Draft
  rendered: Rendered
}

/** A stored message; `created` is false for a repeat, which gets the first one as it is now. */
export interface Sent {
  message: MessageWire
  created: boolean
}

export interface Stored extends Sent {
  /** Who hears of a direct chat by its first message. */
  hearing: readonly Hearing[]
}

const NOBODY: Stored['hearing'] = []

/** What was said of a chat's log in this write: its end moves once, when all of it is stored. */
interface Tail {
  readonly sql: Sql
  readonly chatId: Id<'chat'>
  readonly senders: Map<Id<'user'>, Sender>
  head: Place
  /** The last message of each sender whose mark has not followed yet. */
  readonly unmarked: Map<Id<'user'>, MessageRow>
  last: MessageRow | null
  /** What is being stored: nothing that follows waits for it, all of it is awaited in the end. */
  readonly underWay: Promise<unknown>[]
}

interface Sender {
  seat: Seat | undefined
  /** By client id, those of this very write too. */
  firsts: Map<string, { seq: number; hash: string }>
}

/**
 * Stores what was said in some chats, in this order: what all need is read once, each is checked and stored by itself,
 * each chat's head and the marks move once. One that is refused has changed nothing, and so has one whose chat is held.
 */
export async function storeSayings(
  sql: Sql,
  sayings: readonly Saying[],
): Promise<(Stored | Refusal | typeof HELD)[]> {
  const underWay: Promise<unknown>[] = []
  const tails = await openTails(sql, sayings, underWay)
  const outcomes: (Stored | Refusal | typeof HELD)[] = []
  for (const saying of sayings) {
    const tail = tails.get(saying.draft.chatId)
    outcomes.push(tail === undefined ? HELD : await storeOrRefuse(tail, saying))
  }
  for (const tail of tails.values()) closeTail(tail)
  await Promise.all(underWay)
  return outcomes
}

/** Of the chats that nobody else holds. */
async function openTails(
  sql: Sql,
  sayings: readonly Saying[],
  underWay: Promise<unknown>[],
): Promise<Map<Id<'chat'>, Tail>> {
  const asked = placesOf(sayings)
  const chatIds = [...new Set(asked.map(({ chatId }) => chatId))]
  const [held, ...senders] = await Promise.all([
    sql.hold('chats', chatIds),
    ...asked.map((at) => findSender(sql, at)),
  ])
  const tails = new Map<Id<'chat'>, Tail>()
  for (const [i, { chatId, userId }] of asked.entries()) {
    const sender = senders[i]
    if (!held.has(chatId) || sender === undefined) continue
    const tail = tails.get(chatId) ?? newTail(sql, chatId, underWay)
    tails.set(chatId, tail)
    tail.senders.set(userId, sender)
    if (sender.seat !== undefined) tail.head = { seq: sender.seat.last_seq, rev: sender.seat.rev }
  }
  return tails
}

interface Asked {
  chatId: Id<'chat'>
  userId: Id<'user'>
  clientIds: string[]
}

/** Whose places in which chats are needed, and which of their client ids may have been here before. */
function placesOf(sayings: readonly Saying[]): Asked[] {
  const asked = new Map<string, Asked>()
  for (const { userId, draft } of sayings) {
    const key = draft.chatId + userId
    const own = asked.get(key)
    if (own === undefined) asked.set(key, { chatId: draft.chatId, userId, clientIds: [draft.clientId] })
    else own.clientIds.push(draft.clientId)
  }
  return [...asked.values()]
}

async function findSender(sql: Sql, { chatId, userId, clientIds }: Asked): Promise<Sender> {
  const [clientId = '', ...others] = clientIds
  const [seat, firsts] = await Promise.all([
    findSeat(sql, { chatId, userId, clientId }),
    others.length === 0 ? [] : findFirsts(sql, { chatId, userId, clientIds: others }),
  ])
  const sender: Sender = { seat, firsts: new Map() }
  for (const { client_id: id, seq, original_hash: hash } of seat === undefined ? firsts : [seat, ...firsts]) {
    if (id !== null && seq !== null && hash !== null) sender.firsts.set(id, { seq, hash })
  }
  return sender
}

const newTail = (sql: Sql, chatId: Id<'chat'>, underWay: Promise<unknown>[]): Tail => ({
  sql,
  chatId,
  senders: new Map(),
  head: { seq: 0, rev: 0 },
  unmarked: new Map(),
  last: null,
  underWay,
})

/** Its failure is that of the write, which hears of it before this is awaited. */
function goOn({ underWay }: Tail, stored: Promise<unknown>): void {
  stored.catch(() => {})
  underWay.push(stored)
}

/** The head must be where the messages are, and who has spoken has read so far. */
function closeTail(tail: Tail): void {
  const { sql, last, unmarked } = tail
  if (last === null) return
  goOn(tail, moveHead(sql, last))
  for (const row of unmarked.values()) goOn(tail, raiseSendersMark(sql, row))
  unmarked.clear()
}

async function storeOrRefuse(tail: Tail, saying: Saying): Promise<Stored | Refusal> {
  try {
    return await store(tail, saying)
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

async function store(tail: Tail, { clock, userId, draft, rendered }: Saying): Promise<Stored> {
  const { sql, chatId } = tail
  const sender = tail.senders.get(userId)
  const seat = isSenders(sender?.seat) ? sender.seat : await refuseSender(sql, userId, sender?.seat)
  const hash = originalHash(draft)
  const first = sender?.firsts.get(draft.clientId)
  if (first !== undefined) return repeat(sql, { chatId, seq: first.seq }, first.hash === hash)
  if (seat.archived_at !== null) return refuse('conflict', 'archived')
  const quote = draft.replyTo === null ? null : await requireQuoted(sql, chatId, draft.replyTo)
  const named = rendered.names.length > 0 ? await nameMembers(sql, chatId, rendered) : nobody(rendered)
  const { row, stored } = appendAfter(sql, tail.head, {
    chat_id: chatId,
    sender_id: userId,
    client_id: draft.clientId,
    original_hash: hash,
    kind: 'text',
    content: draft.content,
    html: named.html,
    reply_to: draft.replyTo,
    system: null,
    mentions: named.mentions.length === 0 ? '[]' : JSON.stringify(named.mentions),
    created_at: clock.now(),
  })
  goOn(tail, stored)
  if (named.mentions.length > 0) await insertMentions(sql, row, named.mentions)
  tail.head = row
  tail.last = row
  tail.unmarked.set(userId, row)
  sender?.firsts.set(draft.clientId, { seq: row.seq, hash })
  const message = toWire(row, { sender: faceOf(userId, seat), quote, reactions: [] })
  const unheard = seat.kind === 'direct' && row.seq === 1
  return { message, created: true, hearing: unheard ? await hearFirst(tail) : NOBODY }
}

/** The chat is told as it is with its first message. */
async function hearFirst(tail: Tail): Promise<readonly Hearing[]> {
  closeTail(tail)
  return whoHearsFirst(tail.sql, tail.chatId)
}

/** The same rule as `requireMember`, on what the seat read already. */
const isSenders = (seat: Seat | undefined): seat is Seat =>
  seat !== undefined && seat.joined_at !== null && seat.left_at === null

const refuseSender = (sql: Sql, userId: Id<'user'>, seat: Seat | undefined): Promise<never> =>
  seat === undefined ? refuse('not_found', 'chat') : refuseStranger(sql, seat, userId)

async function repeat(sql: Sql, first: { chatId: Id<'chat'>; seq: number }, same: boolean): Promise<Stored> {
  if (!same) return refuse('conflict', 'client_id_taken')
  const row = await findMessageAt(sql, first.chatId, first.seq)
  if (row === undefined) throw new Error('the first of a repeat has no row')
  return { message: await presentMessage(sql, row), created: false, hearing: NOBODY }
}

async function requireQuoted(
  sql: Sql,
  chatId: Id<'chat'>,
  messageId: Id<'message'>,
): Promise<MessageWire['quote']> {
  const row = (await findMessage(sql, chatId, messageId)) ?? refuse('not_found', 'message')
  const deleted = row.deleted_at !== null
  return {
    message_id: row.id,
    sender_id: row.sender_id,
    excerpt: deleted ? '' : excerptOf(row.content),
    deleted,
  }
}

const faceOf = (userId: Id<'user'>, seat: Seat) => ({
  id: userId,
  username: seat.username,
  full_name: seat.full_name,
  avatar_url: null,
})
