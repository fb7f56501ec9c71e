import { Refusal } from '../errors.ts'
import type { Told } from './audience.ts'
import type { LiveChat } from './live.ts'
import type { Changes, LogReader } from './reader.ts'

/** What waits for a rev that has not come. */
export interface Gap {
  readonly held: Map<number, Told>
  /** The highest rev heard of. */
  target: number
  timer: ReturnType<typeof setTimeout> | undefined
  /** What was told is taken back: until that is done it is not begun anew. */
  readonly isRewind: boolean
  /** Its fill waits at the gate. */
  isDue: boolean
  isFilling: boolean
}

/** How long an early event waits for the one before it, which a neighbouring write may just be announcing. */
const HOLD_MS = 100
/** After a fill that failed or brought too little, ±50 %: what failed together does not come again together. */
const RETRY_MS = 1000
const MAX_HELD = 200

export interface Filling {
  reader: LogReader
  /** Without Redis each active chat is filled after each look: hellos and `sync`s wait for the same connections. */
  gate(work: () => Promise<void>): void
  /** Tells the chat one page of what was missed, memberships first; false if the chat is heard no more. */
  tell(chat: LiveChat, changes: Changes): void
  /** More was missed than one frame holds: memberships are mended, clients ask for themselves. */
  resync(chat: LiveChat, changes: Changes): Promise<number>
  /** The log does not go on from there: who hears what is asked anew for everybody here, clients load the chat again. */
  reset(chat: LiveChat): Promise<void>
  /** What was held and is next now. */
  release(chat: LiveChat, rev: number, told: Told): void
  /** The chat was deleted, and nobody said so. */
  gone(chat: LiveChat): void
  failed(error: unknown): void
}

/** A rev beyond the next was heard of, with its event or (from the sweep) without. */
export function hold(filling: Filling, chat: LiveChat, rev: number, told: Told | null): void {
  chat.gap ??= newGap(0, false)
  const { gap } = chat
  gap.target = Math.max(gap.target, rev)
  // What is not held is read from the database with the rest.
  if (told !== null && gap.held.size < MAX_HELD) gap.held.set(rev, told)
  if (gap.timer === undefined && !gap.isDue && !gap.isFilling) fillLater(filling, chat, gap, HOLD_MS)
}

/** The head has moved: tells what was held for it, and forgets the gap when nothing is missing any more. */
export function releaseHeld(filling: Filling, chat: LiveChat): void {
  const { gap } = chat
  if (gap === null || gap.isFilling) return
  for (;;) {
    const told = gap.held.get(chat.head + 1)
    if (told === undefined) break
    gap.held.delete(chat.head + 1)
    filling.release(chat, chat.head + 1, told)
  }
  if (chat.gap !== gap || gap.target > chat.head) return
  clearTimeout(gap.timer)
  chat.gap = null
}

function fillLater(filling: Filling, chat: LiveChat, gap: Gap, afterMs: number): void {
  gap.timer = setTimeout(() => {
    gap.timer = undefined
    fillInTurn(filling, chat, gap)
  }, afterMs)
}

function fillInTurn(filling: Filling, chat: LiveChat, gap: Gap): void {
  gap.isDue = true
  filling.gate(async () => {
    gap.isDue = false
    // What was missing may have come while it waited.
    if (chat.gap === gap) await fill(filling, chat, gap)
  })
}

/**
 * What was told never happened, for the database has lost it: whoever heard it is told that the chat begins anew where
 * the database ends (C10).
 */
export function rewind(filling: Filling, chat: LiveChat): void {
  // It may take longer than the next look, which finds the same: begun anew each time it would never end.
  if (chat.gap?.isRewind) return
  if (chat.gap !== null) clearTimeout(chat.gap.timer)
  // Nothing that is told meanwhile passes it.
  chat.gap = { ...newGap(chat.head, true), isFilling: true }
  fillInTurn(filling, chat, chat.gap)
}

const newGap = (target: number, isRewind: boolean): Gap => ({
  held: new Map(),
  target,
  isRewind,
  timer: undefined,
  isDue: false,
  isFilling: false,
})

/** Catches everything. */
async function fill(filling: Filling, chat: LiveChat, gap: Gap): Promise<void> {
  gap.isFilling = true
  try {
    const changes = await filling.reader.loadChanges(chat.id, chat.head)
    if (chat.gap !== gap) return // heard no more
    // Asks for everybody here. Not at the gate: chats that only miss something would wait for it.
    if (changes.reset) return void reset(filling, chat, gap, changes.rev) // catches everything
    if (changes.more) {
      const rev = await filling.resync(chat, changes)
      if (chat.gap !== gap) return
      chat.head = Math.max(chat.head, rev)
    } else if (changes.rev > chat.head) {
      filling.tell(chat, changes)
      chat.head = changes.rev
    }
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return filling.gone(chat)
    filling.failed(error)
  }
  endFill(filling, chat, gap)
}

/** Catches everything. */
async function reset(filling: Filling, chat: LiveChat, gap: Gap, rev: number): Promise<void> {
  try {
    await filling.reset(chat)
    if (chat.gap !== gap) return // heard no more
    // Lower only where the log itself was lost.
    chat.head = rev
    gap.target = rev
  } catch (error) {
    filling.failed(error)
  }
  endFill(filling, chat, gap)
}

function endFill(filling: Filling, chat: LiveChat, gap: Gap): void {
  gap.isFilling = false
  releaseHeld(filling, chat)
  if (chat.gap === gap && gap.timer === undefined)
    fillLater(filling, chat, gap, RETRY_MS * (0.5 + Math.random()))
}
