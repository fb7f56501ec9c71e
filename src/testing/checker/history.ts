/** What clients did and saw, as they wrote it down: all that the checker judges by, beside the database itself. */

export type Kind =
  | 'send'
  | 'edit'
  | 'delete'
  | 'react'
  | 'join'
  | 'leave'
  | 'add'
  | 'remove'
  | 'read'
  | 'found'
  | 'archive'
  | 'end'

/** One answer of the node to one asking. */
export interface Ack {
  at: number
  /** The message, where the answer is one; of `found` the chat. */
  id: string | null
  seq: number | null
  rev: number | null
  deleted: boolean
  /** The read mark, where the answer is one. */
  mark: number | null
}

/** What one device asked for, from the first asking to the answer it took as the last. */
export interface Op {
  n: number
  device: string
  user: string
  /** Of `found` the first answer's; empty while there is none. */
  chat: string
  kind: Kind
  /** `client_id` of a send and of a founding, the message of what changes one, the user of what moves one, the seq of a read. */
  key: string
  content: string
  at: number
  endedAt: number | null
  outcome: 'ok' | 'fail' | 'unknown'
  /** How often it was asked; more than once means that an answer did not come. */
  attempts: number
  /** How often no answer came at all. */
  unanswered: number
  /** When it was asked for the last time, as the wall's clock counts. */
  lastAskedAt: number
  acks: Ack[]
  /** Why it was refused: `code reason`. */
  why: string
}

/**
 * A row of a chat's log as a device got it. `askedAt` is null for what was told as it happened, `filled` for what the node
 * told of its own accord because it had missed it, with all that came with it: the chat as it was at `upTo`.
 */
export interface Heard {
  device: string
  user: string
  chat: string
  at: number
  /** Of this device, from 1. */
  connection: number
  askedAt: number | null | 'filled'
  rev: number
  upTo: number
  seq: number | null
  id: string | null
}

/** A device's `rev` of a chat moved. */
export interface Moved {
  device: string
  chat: string
  at: number
  rev: number
}

/** A device was connected and had caught up. `to` is null while it still is. */
export interface Online {
  device: string
  from: number
  to: number | null
}

export interface Row {
  seq: number
  id: string
  rev: number
  sender: string
  kind: string
  content: string
  deleted: boolean
  edited: boolean
  /** `emoji:count` in order. */
  reactions: string
}

/** A chat as somebody has it: a device that followed it, or the node when asked anew. */
export interface ChatView {
  rev: number
  rows: Map<number, Row>
  /** Who is in it. */
  members: Set<string>
}

export interface DeviceView {
  device: string
  user: string
  chats: Map<string, ChatView>
}

export interface StoredRow extends Row {
  /** By the database's clock. */
  createdAt: number
  client_id: string
  system: { event: string; user_ids: string[] } | null
}

/** A chat as the database file has it. */
export interface StoredChat {
  id: string
  kind: string
  /** Of whoever made it, where they gave one. */
  clientId: string | null
  /** Deleted: its rows are there, and nobody may read them. */
  isGone: boolean
  rev: number
  lastSeq: number
  rows: StoredRow[]
  members: Map<string, { rev: number; isIn: boolean; mark: number }>
}

export interface History {
  ops: Op[]
  heard: Heard[]
  moved: Moved[]
  online: Online[]
  /** What no client may ever be told: `internal`, a protocol error. */
  broken: string[]
  /** Close codes that devices saw. */
  closes: number[]
  /** Devices that were told `going_away`. */
  goodbyes: string[]
  devices: DeviceView[]
  /** Devices whose digest was not the node's, when nothing moved any more. */
  digests: string[]
  /** Fresh fetches of every chat by one of its members, from each node. */
  fetched: Map<string, ChatView[]>
  stored: StoredChat[]
}

export const newHistory = (): History => ({
  ops: [],
  heard: [],
  moved: [],
  online: [],
  broken: [],
  closes: [],
  goodbyes: [],
  devices: [],
  digests: [],
  fetched: new Map(),
  stored: [],
})

export const now = (): number => performance.now()

export function beginOp(
  history: History,
  op: Pick<Op, 'device' | 'user' | 'chat' | 'kind' | 'key' | 'content'>,
): Op {
  const begun: Op = {
    ...op,
    n: history.ops.length,
    at: now(),
    endedAt: null,
    outcome: 'unknown',
    attempts: 0,
    unanswered: 0,
    lastAskedAt: 0,
    acks: [],
    why: '',
  }
  history.ops.push(begun)
  return begun
}

export function endOp(op: Op, outcome: Op['outcome'], why = ''): void {
  op.outcome = outcome
  op.why = why
  op.endedAt = now()
}
