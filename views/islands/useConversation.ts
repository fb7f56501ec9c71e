import { useComputed } from '@preact/signals'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import {
  announce,
  type Bounds,
  type ChatState,
  type ChatWire,
  chatSignal,
  type Entry,
  hideChat,
  isAtBeginning,
  isAtEnd,
  loadPage,
  type MemberWire,
  type MessageWire,
  onFrame,
  showChat,
  waiting,
} from '../../src/client/index.ts'
import { nameOf, spokenTitleOf, useHere } from './kit.ts'
import { firstUnread } from './lines.ts'
import type { TimelineProps } from './props.ts'

/** A chat as its timeline shows it: from the page first, from the store once that is alive. */
export interface Talk {
  chat: ChatWire
  title: string
  rows: readonly MessageWire[]
  pending: readonly Entry[]
  members: ReadonlyMap<string, MemberWire>
  /** How far the other one of a direct chat has read. */
  readByOther: number | null
  isAtStart: boolean
  isAtEnd: boolean
  loadOlder(): void
  loadNewer(): void
  /** Where the news began when the chat was opened: it stays there until one leaves, or marks another place. */
  unread: number | null
  /** From this place on all counts as unread: the news begin there. */
  beginUnread(seq: number): void
}

export function useConversation(props: TimelineProps): Talk {
  const { alive } = useHere()
  const { chat, page, members, place } = props
  const me = place.me.id

  useLayoutEffect(() => showChat(me, chat, page, members), [page])
  useEffect(() => () => hideChat(chat.id), [])
  useAnnouncing(chat.id, me)

  const known = chatSignal(chat.id).value
  const state = alive && known?.window != null ? known : null
  const rows = useMemo(() => (state === null ? page.data : rowsIn(state)), [state?.rows, state?.window, page])
  const byMember = useMemo(() => {
    if (state !== null) return state.members
    return new Map(members.map((member) => [member.user.id, member]))
  }, [state?.members, members])
  const [unread, setUnread] = useState(() => firstUnread(chat, page.data, me))
  const loading = useLoading(chat.id, rows)
  const window = state?.window
  const current = state?.chat ?? chat
  const beginUnread = (seq: number): void => setUnread(firstUnread(unreadFrom(current, seq), rows, me) ?? seq)
  return {
    chat: current,
    title: spokenTitleOf(current),
    rows,
    pending: usePending(chat.id, rows, me),
    members: byMember,
    readByOther: current.kind === 'direct' && state !== null ? readOf(state, me) : null,
    isAtStart: window ? isAtBeginning(window) : page.page.before === null,
    isAtEnd: window ? isAtEnd(window) : page.page.after === null,
    unread,
    beginUnread,
    ...loading,
  }
}

const unreadFrom = (chat: ChatWire, seq: number): ChatWire => ({
  ...chat,
  me: chat.me && { ...chat.me, unread_from: seq },
})

function rowsIn({ rows, window }: ChatState): MessageWire[] {
  if (window === null) return []
  const inside = [...rows.values()].filter(({ seq }) => seq >= window.from && seq <= window.to)
  return inside.sort((a, b) => a.seq - b.seq)
}

const readOf = ({ reads }: ChatState, me: string): number =>
  Math.max(0, ...[...reads].map(([userId, seq]) => (userId === me ? 0 : seq)))

/** What waits for this chat and has not come back as a message yet. */
function usePending(chatId: string, rows: readonly MessageWire[], me: string): readonly Entry[] {
  const mine = useComputed(() => waiting.value.filter(({ chat_id }) => chat_id === chatId)).value
  if (mine.length === 0) return mine
  const stored = new Set(rows.filter(({ sender_id }) => sender_id === me).map(({ client_id }) => client_id))
  return mine.filter(({ client_id }) => !stored.has(client_id))
}

/** Loads what is further up or down, one request at a time. */
function useLoading(chatId: string, rows: readonly MessageWire[]) {
  const ends = useRef({ first: 0, last: 0, isBusy: false })
  ends.current.first = rows[0]?.seq ?? 0
  ends.current.last = rows.at(-1)?.seq ?? 0
  const load = useCallback(async (bounds: Bounds) => {
    if (ends.current.isBusy || Object.values(bounds).includes(0)) return
    ends.current.isBusy = true
    await loadPage(chatId, bounds).catch(() => undefined) // scrolling on asks again
    ends.current.isBusy = false
  }, [])
  const loadOlder = useCallback(() => void load({ before: ends.current.first }), [])
  const loadNewer = useCallback(() => void load({ after: ends.current.last }), [])
  return { loadOlder, loadNewer }
}

/** What others say here is read to those who listen, never by the list itself: older messages come into it too. */
function useAnnouncing(chatId: string, me: string): void {
  const { words, count } = useHere()
  useEffect(
    () =>
      onFrame((frame) => {
        if (frame.type !== 'new_message') return
        const { chat_id, sender_id, sender, content, kind } = frame.data
        if (chat_id !== chatId || sender_id === me || kind === 'system') return
        announce(`${nameOf(sender)}: ${content}`, (heard) => count(words.timeline.heard, heard))
      }),
    [words],
  )
}
