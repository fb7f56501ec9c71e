import { anyPlace, type Device } from './device.ts'
import { type Ack, beginOp, endOp, type Kind, now, type Op } from './history.ts'
import { askRest, Lost, Refused, Unsent } from './line.ts'
import type { MessageForm } from './wireForms.ts'

/** Everything a device asks for goes by here: written down before it is asked, and again with each answer. */

interface Doing {
  kind: Kind
  chat: string
  key: string
  content?: string
}

type Ask = () => Promise<{ message?: MessageForm; last_read_seq?: number }>

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
      op.acks.push(ackOf(await ask()))
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

function ackOf({ message, last_read_seq }: Awaited<ReturnType<Ask>>): Ack {
  return {
    at: now(),
    id: message?.id ?? null,
    seq: message?.seq ?? null,
    rev: message?.rev ?? null,
    deleted: message !== undefined && message.deleted_at !== null,
    mark: last_read_seq ?? null,
  }
}

/** The line as it is when it is asked: a repeat may go by another. */
const over = (device: Device, type: string, fields: object) => () =>
  device.line?.ask(type, fields) ?? Promise.reject(new Unsent('no line'))

const byRest = (device: Device, method: string, path: string, body?: object) => () =>
  askRest({ url: anyPlace(device).url, token: device.token }, method, path, body)

/** With `twice` the same is asked again by the other door after the answer: it must be the first's. */
export async function send(
  device: Device,
  chat: string,
  { content, twice = false }: { content: string; twice?: boolean },
): Promise<Op> {
  const client_id = crypto.randomUUID()
  const ask = over(device, 'send_message', { chat_id: chat, client_id, content })
  const op = await carryOut(device, { kind: 'send', chat, key: client_id, content }, ask)
  if (!twice || op.outcome !== 'ok') return op
  try {
    op.acks.push(ackOf(await byRest(device, 'POST', `/api/chats/${chat}/messages`, { client_id, content })()))
  } catch (error) {
    // A conflict would be the answer to another message; anything else says nothing of the first.
    if (error instanceof Refused && error.code === 'conflict')
      device.history.broken.push(`repeat: ${error.message}`)
  }
  return op
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
