import { getJson, isRefusedForGood, pauseAfter } from './api.ts'
import { ask } from './connection.ts'
import { recount } from './recount.ts'
import { isRewound, tellGone } from './rewound.ts'
import { chats, connection, dropChat, meetChat, meId, openChat, putChatState } from './store.ts'
import { addPage, apply, applyChanges, type ChatState, putOwn, type Step } from './sync.ts'
import type { Bounds } from './window.ts'
import type { Changes, ChatWire, DurableFrame, Hello, HistoryPage, SyncAnswer } from './wire.ts'

/** Frames held while changes are on their way; what does not fit is asked for with the next gap. */
const HELD = 200
const PAGE = 50
/** The node told many at once: they do not all ask at once. */
const SPREAD_MS = 2000
/** How soon a question that found no answer is asked again. */
const AGAIN_MS = 3000

/** Chats in one `sync`: a frame holds three times as many, an answer as many with room for what happened in them. */
const NAMED = 500

const asking = new Map<string, DurableFrame[]>()
let syncing = false
let epoch: string | undefined
let mismatches = 0

const after = (ms: number, work: () => unknown): void => void setTimeout(work, ms)

/** Takes a frame in its order. One that comes too early waits for what is missing. */
export function hearDurable(frame: DurableFrame): void {
  const state = chats.peek().get(frame.data.chat_id)
  if (state === undefined) return void meetFromServer(frame.data.chat_id)
  const step = apply(state, frame, meId.peek())
  if (!step.gap) return take(step.state)
  const held = asking.get(state.chat.id)
  if (held !== undefined && held.length < HELD) held.push(frame)
  if (held === undefined) void askChanges(state.chat.id, [frame])
}

/** What a node missed and tells at once. */
export function hearChanges(chatId: string, changes: Changes): void {
  const state = chats.peek().get(chatId)
  if (state === undefined) return void meetFromServer(chatId)
  keep(applyChanges(state, changes, meId.peek()))
}

/** Keeps what became of a chat, and asks for what is missing. */
export function keep({ state, gap }: Step): void {
  take(state)
  if (gap) void askChanges(state.chat.id)
}

function take(state: ChatState): void {
  putChatState(state)
  if (!state.isCountSure) recount()
}

/** Asks for all after mine, page by page, then takes what came meanwhile. */
export async function askChanges(chatId: string, early: DurableFrame[] = []): Promise<void> {
  if (asking.has(chatId)) return
  asking.set(chatId, early)
  try {
    const start = chats.peek().get(chatId)?.rev
    for (let more = true; more; ) {
      const mine = chats.peek().get(chatId)?.rev
      if (mine === undefined) return
      const changes = await getJson<Changes>(`/api/chats/${chatId}/changes?after=${mine}`)
      takeAnswer(chatId, changes)
      more = changes.more === true
      const isStuck = (from?: number): boolean => chats.peek().get(chatId)?.rev === from
      if (more ? isStuck(mine) : early.length > 0 && isStuck(start)) throw new Error('no progress')
    }
  } catch (error) {
    // Who may not ask need not ask again; without a connection the next `hello` asks; else the node was busy.
    if (!isRefusedForGood(error) && connection.peek().state === 'live')
      after(Math.max(AGAIN_MS, pauseAfter(error)), () => askChanges(chatId))
    early.length = 0 // the next answer brings them; tried now, they would only ask again at once
  } finally {
    asking.delete(chatId)
  }
  for (const frame of early) hearDurable(frame)
}

function takeAnswer(chatId: string, changes: Changes): void {
  const state = chats.peek().get(chatId)
  if (state === undefined) return
  take(applyChanges(state, changes, meId.peek()).state)
  if (changes.reset === true && openChat.peek() === chatId) void loadNewest(chatId).catch(() => undefined) // scrolling asks again
}

/** A chat nobody told this page of: somebody was quicker than `chat_created`. */
async function meetFromServer(chatId: string): Promise<void> {
  const answer = await getJson<{ chat: ChatWire }>(`/api/chats/${chatId}`).catch(() => null)
  if (answer?.chat.me) meetChat(answer.chat)
}

/** The node's first word: whatever it names that is not known to the same rev is caught up with. */
export function greet(hello: Hello): void {
  epoch = hello.epoch
  mismatches = 0
  if (isRewound(hello)) void tellGone(hello, openChat.peek(), forgetAll)
  const mine = chats.peek()
  const isEven =
    hello.chats.length === mine.size && hello.chats.every(({ id, rev }) => mine.get(id)?.rev === rev)
  for (const { id, last_read_seq, unread, mentions } of hello.chats) {
    const state = mine.get(id)
    if (state?.chat.me && isEven)
      putChatState(putOwn(state, { ...state.chat.me, last_read_seq, unread, mentions }))
  }
  if (!isEven) void syncAll()
}

/** History was rewound by a restore: what was learnt from it is worth nothing. Settles when what is shown is loaded anew. */
async function forgetAll(): Promise<void> {
  for (const state of chats.peek().values()) putChatState({ ...state, rev: 0, rows: new Map(), window: null })
  const shown = openChat.peek()
  if (shown !== null) await loadNewest(shown).catch(() => undefined) // scrolling asks again
}

/** Every chat at once, as often as it takes. */
export async function syncAll(): Promise<void> {
  if (syncing) return
  syncing = true
  try {
    for (let from: string | undefined = ''; from !== undefined; ) from = await syncMore(from)
  } catch {
    // Unanswered: the connection is gone, and the next `hello` asks again. Refused for good: the next digest does.
  } finally {
    syncing = false
  }
}

/**
 * Chats behind the one, as many as a frame names. Says behind which to go on: the same while there is more, but not
 * when an answer brought nothing on, or this would never end.
 */
async function syncMore(from: string): Promise<string | undefined> {
  const { heads: before, until } = headsBehind(from)
  const range = { ...(from ? { after: from } : {}), ...(until ? { until } : {}) }
  const question = { type: 'sync', ...(epoch ? { epoch } : {}), chats: before, ...range }
  const answer = await ask<SyncAnswer>(question).catch(waitToAsk)
  if (answer === null) return from
  const more = takeSync(answer)
  const { heads: now } = headsBehind(from)
  const isMoved = answer.removed.length > 0 || Object.keys(now).some((id) => now[id] !== before[id])
  return more && isMoved ? from : until
}

/** By id; `until` names the last of them when there are others behind it. */
function headsBehind(from: string): { heads: Record<string, number>; until: string | undefined } {
  const behind = [...chats.peek()]
    .filter(([id]) => id > from)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  const named = behind.slice(0, NAMED)
  return {
    heads: Object.fromEntries(named.map(([id, { rev }]) => [id, rev])),
    until: behind.length > NAMED ? named.at(-1)?.[0] : undefined,
  }
}

/** A node that was asked too much says when to come back: then it is asked again, and others are not at one moment. */
async function waitToAsk(error: unknown): Promise<null> {
  const ms = pauseAfter(error)
  if (ms === 0) throw error
  await new Promise((done) => after(ms + Math.random() * SPREAD_MS, () => done(null)))
  return null
}

function takeSync({ chats: told, removed }: SyncAnswer): boolean {
  for (const id of removed) dropChat(id)
  for (const [id, changes] of Object.entries(told)) {
    const unknown = chats.peek().get(id) === undefined
    if (unknown && changes.chat !== null) meetChat(changes.chat)
    takeAnswer(id, changes)
  }
  return Object.values(told).some(({ more, reset }) => more === true && reset !== true)
}

/** The node's sum of all it has told this user, against the same sum here: two that differ, and all is asked for. */
export function compareDigest(digest: number): void {
  let mine = 0
  for (const { rev, chat } of chats.peek().values()) mine += rev + (chat.me?.last_read_seq ?? 0)
  mismatches = mine === digest || asking.size > 0 || syncing ? 0 : mismatches + 1
  if (mismatches < 2) return
  mismatches = 0
  void syncAll()
}

/** Told to many: each at its own moment. */
export function resync(chatId: string | undefined): void {
  after(Math.random() * SPREAD_MS, () => void (chatId === undefined ? syncAll() : askChanges(chatId)))
}

/** Loads a stretch of history into what is shown. */
export async function loadPage(chatId: string, bounds: Bounds = {}): Promise<void> {
  const query = new URLSearchParams({ limit: String(PAGE) })
  for (const [name, seq] of Object.entries(bounds)) query.set(name, String(seq))
  const page = await getJson<HistoryPage>(`/api/chats/${chatId}/messages?${query}`)
  putPage(chatId, page, bounds)
}

export const loadNewest = (chatId: string): Promise<void> => loadPage(chatId)

/** Loads what surrounds a message. */
export async function loadAround(chatId: string, messageId: string): Promise<void> {
  const query = new URLSearchParams({ limit: String(PAGE), around: messageId })
  putPage(chatId, await getJson<HistoryPage>(`/api/chats/${chatId}/messages?${query}`))
}

export function putPage(chatId: string, page: HistoryPage, bounds: Bounds = {}): void {
  const state = chats.peek().get(chatId)
  if (state !== undefined) keep(addPage(state, page, bounds))
}

/** Loses what is far from the end of a chat that was left, so that a day's visits do not fill the memory. */
export function trim(state: ChatState, most: number): ChatState {
  const seqs = [...state.rows.keys()].sort((a, b) => b - a)
  const from = seqs[most - 1]
  const isShort = seqs.length <= most || from === undefined
  if (isShort || state.window?.to !== Number.POSITIVE_INFINITY) return state
  const rows = new Map([...state.rows].filter(([seq]) => seq >= from))
  return { ...state, rows, window: { ...state.window, from: Math.max(from, state.window.from) } }
}
