import { countChanged, countNew, readUpTo } from './count.ts'
import { type Bounds, join, type Window, windowOf } from './window.ts'
import type { Changes, ChatWire, DurableFrame, HistoryPage, MemberWire, MessageWire, MeWire } from './wire.ts'

/** A chat as this browser knows it. Never changed in place: what happened gives a new one. */
export interface ChatState {
  chat: ChatWire
  /** The last change applied, "mine" in the protocol. */
  rev: number
  /** By `seq`. Changes of rows outside the window are kept as well: a page on its way may be older. */
  rows: ReadonlyMap<number, MessageWire>
  /** null until the chat is opened; then no row is kept. */
  window: Window | null
  /** By user, those who left included: their row's rev is needed. */
  members: ReadonlyMap<string, MemberWire>
  reads: ReadonlyMap<string, number>
  /** False when what happened left it open how much is unread: the node is to be asked. */
  isCountSure: boolean
}

/** What became of the chat, and whether something in between is missing. */
export interface Step {
  state: ChatState
  gap: boolean
}

export const newChatState = (chat: ChatWire): ChatState => ({
  chat,
  rev: chat.rev,
  rows: new Map(),
  window: null,
  members: new Map(),
  reads: new Map(),
  isCountSure: true,
})

const done = (state: ChatState): Step => ({ state, gap: false })

/** One frame with a rev: applied when it is the next, dropped when it is known, a gap when it is further on. */
export function apply(state: ChatState, frame: DurableFrame, me: string): Step {
  const { rev } = frame.data
  if (rev <= state.rev) return done(state)
  if (rev > state.rev + 1) return { state, gap: true }
  return done({ ...absorb(state, frame, me), rev })
}

function absorb(state: ChatState, frame: DurableFrame, me: string): ChatState {
  if ('member' in frame.data) return putMember(state, frame.data.member, me)
  if ('chat' in frame.data) return putChat(state, frame.data.chat)
  return tell(state, frame.data as MessageWire, me)
}

/** A run of changes applies when it starts at or before mine and ends after it. */
export function applyChanges(state: ChatState, changes: Changes, me: string): Step {
  if (changes.reset === true) return done(reset(state, changes))
  const marked = putReads(state, changes)
  if (changes.after > state.rev) return { state: marked, gap: true }
  if (changes.rev < state.rev)
    return done(changes.unread === undefined ? marked : { ...marked, isCountSure: false })
  if (changes.rev === state.rev) return done(putCounts(marked, changes))
  const named = changes.chat === null ? marked : putChat(marked, changes.chat)
  const known = state.chat.last_seq // rows come by rev, not by place: what is new is measured from the start
  const told = changes.messages.reduce((now, row) => tell(now, row, me, known), named)
  const settled = changes.members.reduce((now, member) => putMember(now, member, me), told)
  return done({ ...putCounts(settled, changes), rev: changes.rev })
}

/** Too far behind to be told what changed: what is shown is dropped, and the newest page is to be loaded. */
function reset(state: ChatState, { rev, chat, ...rest }: Changes): ChatState {
  const empty = newChatState(chat === null ? state.chat : { ...state.chat, ...withOwn(chat, state.chat) })
  return { ...putCounts(putReads(empty, { rev, chat, ...rest }), rest), rev }
}

/** A page of history. It says nothing of `rev`, except where nothing was kept before: then it is the start. */
export function addPage(state: ChatState, page: HistoryPage, bounds: Bounds = {}): Step {
  const rows = new Map(state.rows)
  for (const row of page.data) if ((rows.get(row.seq)?.rev ?? 0) < row.rev) rows.set(row.seq, row)
  const isFirst = state.window === null
  const window = join(state.window, windowOf(page, bounds))
  const behind = isFirst && page.rev < state.rev // rows changed since, and were not kept
  if (!behind) return { state: { ...state, rows, window }, gap: false }
  return { state: { ...state, rows, window, rev: page.rev, isCountSure: false }, gap: true } // some count twice now
}

/** The answer to one's own doing. It does not move mine: the echo does. */
export function putRow(state: ChatState, row: MessageWire): ChatState {
  if (state.window === null || (state.rows.get(row.seq)?.rev ?? 0) >= row.rev) return state
  const rows = new Map(state.rows).set(row.seq, row)
  const isChanged = row.edited_at !== null || row.deleted_at !== null
  return { ...state, rows: isChanged ? requote(rows, row) : rows }
}

/** So much of a message stands in a quote. */
const EXCERPT = 200

/** Who quotes a message quotes it as it is now: nothing that was deleted lives on in an answer. */
function requote(
  rows: Map<number, MessageWire>,
  { id, content, deleted_at }: MessageWire,
): Map<number, MessageWire> {
  const deleted = deleted_at !== null
  const excerpt = deleted ? '' : [...content].slice(0, EXCERPT).join('')
  for (const [seq, row] of rows)
    if (row.quote?.message_id === id) rows.set(seq, { ...row, quote: { ...row.quote, excerpt, deleted } })
  return rows
}

/** A message as the log tells it: kept, counted, and shown as the chat's last. */
function tell(state: ChatState, row: MessageWire, me: string, known = state.chat.last_seq): ChatState {
  const { chat } = state
  const counted =
    row.seq > known ? countNew(chat, row, me) : countChanged(chat, row, knownRow(state, row.seq), me)
  const last_seq = Math.max(chat.last_seq, row.seq)
  const told = { ...(counted ?? chat), last_seq, last_message: laterOf(chat.last_message, row) }
  return putRow({ ...state, chat: told, isCountSure: state.isCountSure && counted !== null }, row)
}

/** Of a chat that is not open only the last message is known. */
const knownRow = ({ rows, chat }: ChatState, seq: number): MessageWire | undefined =>
  rows.get(seq) ?? (chat.last_message?.seq === seq ? chat.last_message : undefined)

function laterOf(known: MessageWire | null, row: MessageWire): MessageWire {
  if (known === null || row.seq > known.seq) return row
  return row.seq === known.seq && row.rev > known.rev ? row : known
}

export function putMember(state: ChatState, member: MemberWire, me: string): ChatState {
  const id = member.user.id
  if ((state.members.get(id)?.rev ?? 0) >= member.rev) return state
  const members = new Map(state.members).set(id, member)
  if (id !== me || !state.chat.me) return { ...state, members }
  return { ...state, members, chat: { ...state.chat, me: { ...state.chat.me, role: member.role } } }
}

/** A topic's chat comes without what is the reader's own. */
const withOwn = (chat: ChatWire, known: ChatWire): ChatWire => ({
  ...chat,
  me: chat.me ?? known.me ?? null,
  ...(chat.faces === undefined && known.faces !== undefined ? { faces: known.faces } : {}),
})

function putChat(state: ChatState, told: ChatWire): ChatState {
  if (told.rev < state.chat.rev) return state
  const { last_seq, last_message } = state.chat
  const me = state.chat.me
    ? { ...state.chat.me, role: told.me?.role ?? state.chat.me.role }
    : (told.me ?? null)
  return { ...state, chat: { ...withOwn(told, state.chat), last_seq, last_message, me } }
}

function putCounts(state: ChatState, { unread, mentions }: Partial<Changes>): ChatState {
  const { me } = state.chat
  if (!me || unread === undefined) return state
  return putOwn(state, { ...me, unread, mentions: mentions ?? 0 })
}

/** What the node says is mine: its counts are the true ones. */
export const putOwn = (state: ChatState, me: MeWire): ChatState => ({
  ...state,
  chat: { ...state.chat, me },
  isCountSure: true,
})

function putReads(state: ChatState, { reads = [] }: Changes): ChatState {
  return reads.reduce((now, mark) => markRead(now, mark.user_id, mark.seq), state)
}

/** Somebody has read up to there; a mark never moves back. */
export function markRead(state: ChatState, userId: string, seq: number): ChatState {
  if ((state.reads.get(userId) ?? 0) >= seq) return state
  return { ...state, reads: new Map(state.reads).set(userId, seq) }
}

/** I have read up to there, on this device or on another. */
export const markOwnRead = (state: ChatState, seq: number): ChatState => ({
  ...state,
  chat: readUpTo(state.chat, seq),
})
