import { backoff } from './backoff.ts'
import { newId } from './ids.ts'
import { Refused } from './socket.ts'
import type { MessageWire } from './wire.ts'

/** A message this device has promised to send. */
export interface Entry {
  client_id: string
  /** Whose it is: nothing is sent as somebody else. */
  user_id: string
  chat_id: string
  content: string
  reply_to: string | null
  /** Its place among this device's messages, about the time it was written, in ms. */
  at: number
  state: 'queued' | 'sending' | 'failed'
  /** Why the node refused it. */
  reason: string | null
}

/** Where entries outlive the page: IndexedDB, or a plain map in tests. */
export interface Shelf {
  all(): Promise<Entry[]>
  put(entry: Entry): Promise<void>
  remove(clientId: string): Promise<void>
}

export interface Office {
  userId: string
  shelf: Shelf
  /** Sends one and answers with the message, `Refused`, or anything else for "unknown". */
  send(entry: Entry): Promise<MessageWire>
  /** The list as it is to be shown. */
  show(entries: readonly Entry[]): void
  /** Stored by the node: told before the entry leaves the list. */
  sent(message: MessageWire): void
  /** The shelf could not keep it: it waits in this page only. */
  full(): void
  /** Something on the shelf changed: the other tabs read it anew. */
  tellTabs(): void
}

export interface Outbox {
  add(draft: { chat_id: string; content: string; reply_to: string | null }): Promise<void>
  retry(clientId: string): Promise<void>
  /** The text goes back to who wrote it; only what was refused can be taken back. */
  takeBack(clientId: string): Promise<Entry | undefined>
  /** Its echo came: it is stored, whatever became of the answer. */
  settle(clientId: string): void
  /** Reads the shelf anew: at start, and when another tab has changed it. */
  reload(): Promise<void>
  /** From now on this page sends, oldest first; or no longer. */
  setFlushing(on: boolean): void
  /** There is a connection: what waits for its time is tried now. */
  flush(): void
}

/** Refusals that a repeat does not change (C6). All else is tried again until the node has answered. */
const FINAL = new Set(['invalid', 'forbidden', 'not_found', 'conflict', 'too_large', 'unsupported'])

/** A node that says "later" is there, and does not say when its database is back: it is asked again within 4 s. */
const ANSWERING = 3

interface Queue {
  office: Office
  entries: Entry[]
  /** Chats with a message on its way: one at a time, so that order holds. */
  busy: Set<string>
  attempts: Map<string, number>
  /** Chats that pause before the next attempt: calling ends the pause. */
  pauses: Map<string, () => void>
  unkept: Set<string>
  flushing: boolean
}

export function createOutbox(office: Office): Outbox {
  const queue: Queue = {
    office,
    entries: [],
    busy: new Set(),
    attempts: new Map(),
    pauses: new Map(),
    unkept: new Set(),
    flushing: false,
  }
  return {
    add: (draft) => add(queue, draft),
    retry: (clientId) => retry(queue, clientId),
    takeBack: (clientId) => takeBack(queue, clientId),
    settle: (clientId) => settle(queue, clientId),
    reload: () => reload(queue),
    setFlushing: (on) => {
      queue.flushing = on
      flush(queue)
    },
    flush: () => {
      queue.attempts.clear()
      for (const wake of queue.pauses.values()) wake()
      flush(queue)
    },
  }
}

const find = ({ entries }: Queue, clientId: string): Entry | undefined =>
  entries.find(({ client_id }) => client_id === clientId)

function set(queue: Queue, entries: Entry[]): void {
  queue.entries = entries.toSorted((a, b) => a.at - b.at || (a.client_id < b.client_id ? -1 : 1))
  queue.office.show(queue.entries)
}

function change(queue: Queue, clientId: string, change: Partial<Entry>): Entry | undefined {
  set(
    queue,
    queue.entries.map((entry) => (entry.client_id === clientId ? { ...entry, ...change } : entry)),
  )
  return find(queue, clientId)
}

/** Kept first, shown then: what a person sees as queued survives the tab (C16). */
async function add(
  queue: Queue,
  draft: { chat_id: string; content: string; reply_to: string | null },
): Promise<void> {
  const at = Math.max(Date.now(), (queue.entries.at(-1)?.at ?? 0) + 1)
  const entry: Entry = {
    ...draft,
    client_id: newId(),
    user_id: queue.office.userId,
    at,
    state: 'queued',
    reason: null,
  }
  await keep(queue, entry)
  set(queue, [...queue.entries, entry])
  queue.office.tellTabs()
  flush(queue)
}

async function keep(queue: Queue, entry: Entry): Promise<void> {
  try {
    await queue.office.shelf.put(entry)
  } catch {
    queue.unkept.add(entry.client_id)
    queue.office.full()
  }
}

async function retry(queue: Queue, clientId: string): Promise<void> {
  const entry = change(queue, clientId, { state: 'queued', reason: null })
  if (entry === undefined) return
  await keep(queue, entry)
  queue.office.tellTabs()
  flush(queue)
}

async function takeBack(queue: Queue, clientId: string): Promise<Entry | undefined> {
  const entry = find(queue, clientId)
  if (entry?.state !== 'failed') return undefined
  await drop(queue, clientId)
  return entry
}

function settle(queue: Queue, clientId: string): void {
  if (find(queue, clientId) !== undefined) void drop(queue, clientId)
}

async function drop(queue: Queue, clientId: string): Promise<void> {
  set(
    queue,
    queue.entries.filter(({ client_id }) => client_id !== clientId),
  )
  queue.attempts.delete(clientId)
  queue.unkept.delete(clientId)
  // A shelf that can't forget leaves an entry that is sent again, and answered with the first message.
  await queue.office.shelf.remove(clientId).catch(() => undefined)
  queue.office.tellTabs()
}

/** What is on its way from here stays so; what another tab added, dropped or gave up is taken over. */
async function reload(queue: Queue): Promise<void> {
  const known = new Map(queue.entries.map((entry) => [entry.client_id, entry]))
  const kept = await queue.office.shelf.all().catch(() => [])
  const fresh = kept.map((entry) =>
    known.get(entry.client_id)?.state === 'sending' ? { ...entry, state: 'sending' as const } : entry,
  )
  const here = queue.entries.filter(({ client_id }) => queue.unkept.has(client_id))
  set(queue, [...fresh.filter(({ user_id }) => user_id === queue.office.userId), ...here])
  flush(queue)
}

function flush(queue: Queue): void {
  const mine = queue.entries.filter(({ client_id }) => queue.flushing || queue.unkept.has(client_id))
  for (const chatId of new Set(mine.map(({ chat_id }) => chat_id))) {
    const next = mine.find(({ chat_id, state }) => chat_id === chatId && state !== 'failed')
    if (next !== undefined && !queue.busy.has(chatId)) void sendOne(queue, next)
  }
}

/** Sends the oldest of a chat. What was refused for good stands aside; the rest waits for its answer. */
async function sendOne(queue: Queue, entry: Entry): Promise<void> {
  const { chat_id, client_id } = entry
  queue.busy.add(chat_id)
  change(queue, client_id, { state: 'sending' })
  let pause = 0
  try {
    queue.office.sent(await queue.office.send(entry))
    await drop(queue, client_id)
  } catch (error) {
    pause = await putBack(queue, entry, error)
  }
  if (pause > 0) await sleep(queue, chat_id, pause)
  queue.busy.delete(chat_id)
  flush(queue)
}

async function sleep({ pauses }: Queue, chatId: string, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  pauses.set(chatId, resolve)
  await promise
  pauses.delete(chatId)
  clearTimeout(timer)
}

/** How long to wait before the next attempt, in ms. */
async function putBack(queue: Queue, { client_id }: Entry, error: unknown): Promise<number> {
  if (error instanceof Refused && FINAL.has(error.code)) {
    const failed = change(queue, client_id, { state: 'failed', reason: error.reason })
    if (failed !== undefined && !queue.unkept.has(client_id)) await keep(queue, failed)
    queue.office.tellTabs()
    return 0
  }
  change(queue, client_id, { state: 'queued' })
  const attempt = (queue.attempts.get(client_id) ?? 0) + 1
  queue.attempts.set(client_id, attempt)
  if (!(error instanceof Refused)) return backoff(attempt)
  return (error.retryAfterMs ?? 0) + backoff(Math.min(attempt, ANSWERING))
}
