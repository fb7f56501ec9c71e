import type { Id } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { ServerFrame } from './bus.ts'
import type { Filling } from './gap.ts'
import { createGate } from './gate.ts'
import { enterChat, type Live, type LiveChat, leaveChat, raiseMark, usersOf } from './live.ts'
import type { Changes, LogReader } from './reader.ts'
import { joinedFrame, settleUser } from './settle.ts'

/** Somebody came into a chat or went out of it, at a rev of its log. */
export interface UserMove {
  userId: Id<'user'>
  rev: number
  isIn: boolean
  /** How far who comes in has read; 0 where the log says it, which does not know. */
  mark: number
}

interface Parts {
  live: Live
  reader: LogReader
  log: Log
  tell(topic: string, frame: ServerFrame): void
  /** What is encoded already. */
  say(topic: string, text: string): void
  fills: Metrics['fills']
}

/** Chats filled at once. */
const AT_ONCE = 8

/** How events reach a topic: what they say of memberships acts on the sockets in the same tick. */
export function createFilling(parts: Parts): Filling {
  const { live, reader, log, tell, say, fills } = parts
  const settleAll = shareNext(() => settleEverybody(parts))
  return {
    reader,
    gate: createGate(AT_ONCE),
    release: (chat, rev, { text, move }) => {
      if (move?.isIn) applyMove(live, chat, move)
      chat.head = rev
      say(chat.topic, text)
      // Who leaves still hears of it, and of nothing after it (C8).
      if (move !== null && !move.isIn) applyMove(live, chat, move)
    },
    tell: (chat, changes) => {
      // Rows are in their last state: who has left must not see them, so memberships come first.
      applyAll(parts, chat, movesOf(changes))
      fills.told++
      tell(chat.topic, changesFrame(chat, changes))
    },
    resync: async (chat, changes) => {
      const rev = await applyPages({ ...parts, settleAll }, chat, changes)
      tell(chat.topic, resyncFrame(chat))
      fills.resync++
      return rev
    },
    reset: async (chat) => {
      await settleAll()
      tell(chat.topic, resyncFrame(chat))
      fills.resync++
    },
    gone: (chat) => {
      for (const user of usersOf(live, chat)) {
        leaveChat(live, user, chat)
        tell(user.topic, removedFrame(chat))
      }
    },
    failed: (error) => {
      fills.failed++
      log.warn({ err: error }, 'could not read what a chat missed')
    },
  }
}

/** The move that an event is, null for all others. */
export function moveOf(frame: ServerFrame): UserMove | null {
  if (frame.type !== 'member_joined' && frame.type !== 'member_left') return null
  const { member } = frame.data as { member: { user: { id: string }; rev: number } }
  return {
    userId: member.user.id as Id<'user'>,
    rev: member.rev,
    isIn: frame.type === 'member_joined',
    mark: frame.mark ?? 0,
  }
}

/** For a read of the heads in flight, which may be older than this. */
export function noteMove(
  live: Live,
  chatId: Id<'chat'>,
  { userId, rev, isIn }: Omit<UserMove, 'mark'>,
): void {
  const moves = live.users.get(userId)?.moves
  const known = moves?.get(chatId)
  if (known === undefined || known.rev < rev) moves?.set(chatId, { rev, isIn })
}

/** True when it changed what the user's sockets hear. */
function applyMove(live: Live, chat: LiveChat, move: UserMove): boolean {
  noteMove(live, chat.id, move)
  const user = live.users.get(move.userId)
  if (user === undefined) return false
  if (!move.isIn) return leaveChat(live, user, chat)
  if (user.sockets.length === 0) return false
  const isNew = !user.chats.includes(chat)
  raiseMark(user, enterChat(live, user, chat.id, move.rev), move.mark)
  return isNew
}

/** Nobody announced these: those they concern have to be told here. */
function applyAll(parts: Parts, chat: LiveChat, moves: UserMove[]): void {
  const { live, tell } = parts
  for (const move of moves) {
    if (!applyMove(live, chat, move)) continue
    const user = live.users.get(move.userId)
    if (user === undefined) continue
    if (!move.isIn) tell(user.topic, removedFrame(chat, move.rev))
    else {
      tell(user.topic, joinedFrame())
      void settleMarks(parts, user.id) // catches everything
    }
  }
}

/** Without their own marks a digest would be wrong for good, and its clients would `sync` for ever. */
async function settleMarks(parts: Parts, userId: Id<'user'>): Promise<void> {
  try {
    await settleUser(parts, userId)
  } catch (error) {
    parts.log.warn({ err: error }, 'could not read how far somebody has read who came in')
  }
}

const movesOf = (changes: Changes): UserMove[] =>
  changes.members.map(({ user, rev, left_at }) => ({
    userId: user.id as Id<'user'>,
    rev,
    isIn: left_at === null,
    mark: 0,
  }))

/** The rest of a long gap is read for its memberships alone. */
async function applyPages(
  parts: Parts & { settleAll(): Promise<void> },
  chat: LiveChat,
  first: Changes,
): Promise<number> {
  let page = first
  for (;;) {
    applyAll(parts, chat, movesOf(page))
    if (!page.more) return page.rev
    page = await parts.reader.loadChanges(chat.id, page.rev)
    if (page.reset) {
      await parts.settleAll()
      return page.rev
    }
  }
}

/** The log does not reach back so far: who hears what is asked anew for everybody here. */
async function settleEverybody(parts: Parts): Promise<void> {
  for (const userId of [...parts.live.users.keys()]) await settleUser(parts, userId)
}

/**
 * One at a time, and one for all who ask before it begins: after a failover hundreds of chats ask at once. One that has
 * begun may have read what was true before.
 */
function shareNext(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve()
  let next: Promise<void> | null = null
  const begin = (): Promise<void> => {
    next = null
    return work()
  }
  return () => {
    next ??= last.then(begin, begin)
    last = next
    return next
  }
}

const changesFrame = (
  chat: LiveChat,
  { after, rev, messages, members, chat: info }: Changes,
): ServerFrame => ({
  type: 'changes',
  data: { chat_id: chat.id, after, rev, messages, members, chat: info },
})

const removedFrame = (chat: LiveChat, rev?: number): ServerFrame => ({
  type: 'chat_removed',
  data: rev === undefined ? { chat_id: chat.id } : { chat_id: chat.id, rev },
})

const resyncFrame = (chat: LiveChat): ServerFrame => ({
  type: 'resync',
  data: { chat_id: chat.id, reason: 'missed' },
})
