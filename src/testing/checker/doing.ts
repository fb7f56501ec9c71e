import { anyPlace, type Device, type Place } from './device.ts'
import { type Ack, beginOp, endOp, type Kind, now, type Op } from './history.ts'
import { askRest, Lost, Refused, Unsent } from './line.ts'
import type { ChatForm, MessageForm } from './wireForms.ts'

/** Everything a device asks for goes by here: written down before it is asked, and again with each answer. */

interface Doing {
  kind: Kind
  chat: string
  key: string
  content?: string
}

interface Answer {
  message?: MessageForm
  last_read_seq?: number
  /** A membership, or a chat that was changed. */
  member?: { rev: number }
  chat?: ChatForm
}

type Ask = () => Promise<Answer>

const AGAIN_MS = 20

/** Asks until there is an answer, over as many connections as it takes (C2). Never throws. */
async function carryOut(device: Device, doing: Doing, ask: Ask): Promise<Op> {
  const op = beginOp(device.history, {
    device: device.name,
    user: device.userId,
    content: '',
    ...doing,
  })
  while (!device.isStopped) {
    try {
      await device.ready.promise
      op.attempts++
      op.lastAskedAt = Date.now()
      op.acks.push(ackOf(op.kind, await ask()))
      endOp(op, 'ok')
      return op
    } catch (error) {
      if (isFinal(device, op, error)) return op
      const wait = error instanceof Refused ? Math.min(error.retryAfterMs, 200) : 0
      await Bun.sleep(AGAIN_MS + wait)
    }
  }
  return op
}

/** Refused for good. What was refused after an answer that never came may have been done all the same. */
function isFinal(device: Device, op: Op, error: unknown): boolean {
  if (error instanceof Lost) {
    if (!(error instanceof Unsent)) op.unanswered++
    return false
  }
  if (!(error instanceof Refused)) {
    device.history.broken.push(`${op.kind}: ${String(error)}`)
    return true
  }
  if (error.code === 'unavailable' || error.code === 'rate_limited') return false
  if (error.code === 'internal') device.history.broken.push(`${op.kind}: ${error.message}`)
  endOp(op, op.attempts > 1 || error.code === 'internal' ? 'unknown' : 'fail', error.message)
  return true
}

function ackOf(kind: Kind, { message, last_read_seq, member, chat }: Answer): Ack {
  return {
    at: now(),
    id: message?.id ?? (kind === 'found' ? (chat?.id ?? null) : null),
    seq: message?.seq ?? null,
    rev: message?.rev ?? member?.rev ?? revOf(kind, chat),
    deleted: message !== undefined && message.deleted_at !== null,
    mark: last_read_seq ?? null,
  }
}

/** Of a direct chat the other side hears only with its first message. */
const revOf = (kind: Kind, chat: ChatForm | undefined): number | null =>
  (kind === 'found' && chat?.kind !== 'direct') || kind === 'archive' ? (chat?.rev ?? null) : null

/** The line as it is when it is asked: a repeat may go by another. */
const over = (device: Device, type: string, fields: object) => () =>
  device.line?.ask(type, fields) ?? Promise.reject(new Unsent('no line'))

const byRest = (device: Device, method: string, path: string, body?: object) => () =>
  askRest({ url: anyPlace(device).url, token: device.token }, method, path, body)

/**
 * With `twice` the same is asked again by the other door after the answer: it must be the first's. By REST of one place with
 * `at`.
 */
export async function send(
  device: Device,
  chat: string,
  { content, twice = false, at }: { content: string; twice?: boolean; at?: Place },
): Promise<Op> {
  const client_id = crypto.randomUUID()
  const path = `/api/chats/${chat}/messages`
  const ask =
    at === undefined
      ? over(device, 'send_message', { chat_id: chat, client_id, content })
      : byRest({ ...device, places: [at] }, 'POST', path, { client_id, content })
  const op = await carryOut(device, { kind: 'send', chat, key: client_id, content }, ask)
  if (twice && op.outcome === 'ok') {
    const repeat = await askAgain(device, 'send', byRest(device, 'POST', path, { client_id, content }))
    // Who was removed since is refused; a conflict would be the answer to another message.
    compare(device, op, repeat, ['conflict', 'internal'])
  }
  return op
}

/** What asking once more came to, null when there was no answer. Never throws. */
async function askAgain(device: Device, kind: Kind, ask: Ask): Promise<Ack | Refused | null> {
  try {
    return ackOf(kind, await ask())
  } catch (error) {
    if (error instanceof Refused) return error
    if (!(error instanceof Lost)) device.history.broken.push(`${kind} repeated: ${String(error)}`)
    return null
  }
}

/** A repeat of what was done is answered as the first was: refused with one of `wrong` it was taken for another. */
function compare(device: Device, op: Op, repeat: Ack | Refused | null, wrong: readonly string[]): void {
  if (repeat === null) return
  if (!(repeat instanceof Refused)) op.acks.push(repeat)
  else if (wrong.includes(repeat.code)) device.history.broken.push(`${op.kind} repeated: ${repeat.message}`)
}

export const edit = (device: Device, chat: string, at: { id: string; content: string }): Promise<Op> =>
  carryOut(
    device,
    { kind: 'edit', chat, key: at.id, content: at.content },
    over(device, 'edit_message', { message_id: at.id, content: at.content }),
  )

export const remove = (device: Device, chat: string, id: string): Promise<Op> =>
  carryOut(device, { kind: 'delete', chat, key: id }, byRest(device, 'DELETE', `/api/chats/messages/${id}`))

export const react = (
  device: Device,
  chat: string,
  { id, emoji, on }: { id: string; emoji: string; on: boolean },
): Promise<Op> =>
  carryOut(
    device,
    { kind: 'react', chat, key: id, content: `${on ? '+' : '-'}${emoji}` },
    over(device, 'react', { message_id: id, emoji, on }),
  )

export const markRead = (device: Device, chat: string, seq: number): Promise<Op> =>
  carryOut(
    device,
    { kind: 'read', chat, key: String(seq) },
    over(device, 'message_read', { chat_id: chat, seq }),
  )

export const join = (device: Device, chat: string): Promise<Op> =>
  carryOut(
    device,
    { kind: 'join', chat, key: device.userId },
    byRest(device, 'POST', `/api/chats/${chat}/join`),
  )

export const leave = (device: Device, chat: string): Promise<Op> =>
  carryOut(
    device,
    { kind: 'leave', chat, key: device.userId },
    byRest(device, 'POST', `/api/chats/${chat}/leave`),
  )

export const addMember = (device: Device, chat: string, userId: string): Promise<Op> =>
  carryOut(
    device,
    { kind: 'add', chat, key: userId },
    byRest(device, 'POST', `/api/chats/${chat}/members`, { user_id: userId }),
  )

export const removeMember = (device: Device, chat: string, userId: string): Promise<Op> =>
  carryOut(
    device,
    { kind: 'remove', chat, key: userId },
    byRest(device, 'DELETE', `/api/chats/${chat}/members/${userId}`),
  )

/** What a new chat is asked to be, as `POST /api/chats` takes it. */
export interface Founding {
  kind: 'direct' | 'group' | 'channel'
  visibility?: 'private' | 'public'
  name?: string
  member_ids: string[]
}

/** Nobody can have left, ended or changed what is only being made; all else that a node may say is that it cannot, now. */
const WRONG = ['conflict', 'forbidden', 'not_found', 'invalid', 'internal']

/** With `twice` the same is asked elsewhere at the same time: both answers must name one chat. */
export async function found(device: Device, founding: Founding, twice: boolean): Promise<Op> {
  const client_id = crypto.randomUUID()
  const ask = byRest(device, 'POST', '/api/chats', { ...founding, client_id })
  const doing: Doing = { kind: 'found', chat: '', key: client_id, content: founding.member_ids.join(' ') }
  const again = twice ? askAgain(device, 'found', ask) : null
  const op = await carryOut(device, doing, ask)
  // What was refused the first time may be refused again, in whichever words.
  compare(device, op, await again, op.outcome === 'ok' ? WRONG : ['internal'])
  op.chat = op.acks[0]?.id ?? ''
  return op
}

export const archive = (device: Device, chat: string, isArchived: boolean): Promise<Op> =>
  carryOut(
    device,
    { kind: 'archive', chat, key: chat, content: String(isArchived) },
    byRest(device, 'PUT', `/api/chats/${chat}`, { archived: isArchived }),
  )

/** Deletes it: from then on nobody reads it. */
export const end = (device: Device, chat: string): Promise<Op> =>
  carryOut(device, { kind: 'end', chat, key: chat }, byRest(device, 'DELETE', `/api/chats/${chat}`))
