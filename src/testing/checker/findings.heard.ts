import type { ChatView, DeviceView, Heard, History, Moved, Online, Op, Row, StoredChat } from './history.ts'

/** Findings about what devices heard and ended with. */

interface Span {
  from: number
  to: number
}

/** Something of a chat reached somebody who was certainly no member, or was done by one. */
export function findUnauthorised(history: History): string[] {
  const found: string[] = []
  const heardOf = Map.groupBy(history.heard, ({ chat }) => chat)
  const opsOf = Map.groupBy(history.ops, ({ chat }) => chat)
  for (const chat of history.stored) {
    const ops = opsOf.get(chat.id) ?? []
    const inside = memberRevs(chat)
    const outside = new Map<string, Span[]>()
    const outOf = (user: string): Span[] => {
      const known = outside.get(user) ?? certainlyOut(ops, chat, user)
      outside.set(user, known)
      return known
    }
    for (const heard of heardOf.get(chat.id) ?? []) {
      if (!mayHear(heard, inside.get(heard.user) ?? [], outOf(heard.user)))
        found.push(`${heard.device} got rev ${heard.rev} of ${chat.id}${howHeard(heard)}`)
    }
    for (const op of ops) {
      if (op.outcome !== 'ok' || !SPEAKING.has(op.kind)) continue
      if (isWithin(outOf(op.user), op.at, op.endedAt ?? op.at))
        found.push(`${op.device}: ${op.kind} in ${chat.id}`)
    }
  }
  return found
}

const howHeard = ({ askedAt, at }: Heard): string =>
  typeof askedAt === 'number' ? `, ${Math.round(at - askedAt)} ms after asking` : `, ${askedAt ?? 'told'}`

const SPEAKING = new Set(['send', 'edit', 'delete', 'react', 'read', 'remove', 'add', 'archive'])

/**
 * Told: a member at that rev (C8 counts by revs: a node may tell late what somebody who is out by now was in for). A fill also
 * holds rows from before a membership: its member at the rev it was read at may see them, or whoever is in when it comes.
 * Asked for: not somebody who was out from the asking to the answer.
 */
function mayHear({ askedAt, at, rev, upTo }: Heard, inside: Span[], outside: Span[]): boolean {
  if (typeof askedAt === 'number') return !isWithin(outside, askedAt, at)
  const wasIn = (when: number): boolean => inside.some(({ from, to }) => from <= when && when <= to)
  if (wasIn(rev)) return true
  return askedAt === 'filled' && (wasIn(upTo) || !isWithin(outside, at, at))
}

const isWithin = (spans: Span[], from: number, to: number): boolean =>
  spans.some((span) => span.from < from && to < span.to)

const COMING = new Set(['member_joined', 'member_added'])
const GOING = new Set(['member_left', 'member_removed'])

/**
 * From which rev to which each user heard the chat, told by its system messages: the membership takes the rev
 * before its message's. Who is in without one was there from the start.
 */
export function memberRevs({ rows, members }: StoredChat): Map<string, Span[]> {
  const spans = new Map<string, Span[]>()
  const of = (user: string): Span[] => {
    const mine = spans.get(user) ?? []
    spans.set(user, mine)
    return mine
  }
  for (const { system, rev } of rows) {
    for (const user of system?.user_ids ?? []) {
      if (COMING.has(system?.event ?? '')) of(user).push({ from: rev - 1, to: Infinity })
      if (!GOING.has(system?.event ?? '')) continue
      const last = of(user).at(-1)
      if (last === undefined) of(user).push({ from: 0, to: rev - 1 })
      else last.to = rev - 1
    }
  }
  for (const [user, { isIn }] of members)
    if (isIn && of(user).length === 0) of(user).push({ from: 0, to: Infinity })
  return spans
}

/**
 * When somebody was no member, whatever the clocks say: from an answered leaving to the asking of a coming. Of a chat that
 * was deleted nobody is one any more.
 */
function certainlyOut(ops: Op[], chat: StoredChat, user: string): Span[] {
  const moves = ops.filter(({ key, kind }) => key === user && MOVES.has(kind))
  const isComing = ({ kind }: Op): boolean => kind === 'join' || kind === 'add'
  const comings = moves.filter(isComing).filter(({ outcome }) => outcome !== 'fail')
  const nextComing = (at: number): number =>
    // What was asked without an answer may yet be done, however long ago that was.
    comings.find((op) => (op.endedAt ?? Infinity) > at || op.unanswered > 0)?.at ?? Infinity
  const gone = moves
    .filter((op) => !isComing(op) && op.outcome === 'ok')
    .map(({ endedAt }) => ({ from: endedAt ?? Infinity, to: nextComing(endedAt ?? Infinity) }))
  const ended = ops
    .filter(({ kind, outcome }) => kind === 'end' && outcome === 'ok')
    .map(({ endedAt }) => ({ from: endedAt ?? Infinity, to: Infinity }))
  const wasNever = !chat.members.has(user)
  return wasNever ? [{ from: -Infinity, to: Infinity }] : [...gone, ...ended]
}

const MOVES = new Set(['join', 'add', 'leave', 'remove'])

/**
 * A device at the chat's head has another row or other members than the database; or a fresh fetch has. Or the node counts
 * another digest than a device that has everything: then it would ask for all of it again and again, or never.
 */
export function findDiverged(history: History): string[] {
  const rows = lasting(history).flatMap((chat) => {
    const stored = viewOf(chat)
    const served = (history.fetched.get(chat.id) ?? []).flatMap((view, at) =>
      differences(`${chat.id} of node ${at + 1}`, view, stored),
    )
    const known = following(history, chat).flatMap(([name, view]) =>
      view.rev < chat.rev ? [] : differences(`${name} in ${chat.id}`, view, stored),
    )
    return [...served, ...known]
  })
  return [...rows, ...history.digests]
}

function differences(who: string, view: ChatView, stored: ChatView): string[] {
  const found: string[] = []
  if (view.rev !== stored.rev) found.push(`${who}: rev ${view.rev}, stored ${stored.rev}`)
  for (const [seq, row] of view.rows) {
    const kept = stored.rows.get(seq)
    if (kept === undefined || !isSame(row, kept))
      found.push(`${who}: ${JSON.stringify(row)}, stored ${JSON.stringify(kept)}`)
  }
  const [mine, theirs] = [view.members, stored.members].map((set) => [...set].sort().join(' '))
  if (mine !== theirs) found.push(`${who}: members ${mine}, stored ${theirs}`)
  return found.slice(0, 3)
}

const isSame = (one: Row, other: Row): boolean =>
  one.id === other.id &&
  one.rev === other.rev &&
  one.sender === other.sender &&
  one.content === other.content &&
  one.deleted === other.deleted &&
  one.edited === other.edited &&
  one.reactions === other.reactions

/** Told twice, or after what came later, on one connection: a node tells each event once and in order. */
export function findRetold({ heard }: History): string[] {
  const told = heard.filter(({ askedAt }) => askedAt === null)
  const lines = Map.groupBy(told, ({ device, chat, connection }) => `${device} (${connection}) in ${chat}`)
  return [...lines].flatMap(([line, events]) => {
    const again = events.find(({ rev }, at) => rev <= (events[at - 1]?.rev ?? 0))
    return again === undefined ? [] : [`${line}: rev ${again.rev} was told once more`]
  })
}

/** A device at the chat's head without a message that the chat has. */
export function findGaps(history: History): string[] {
  return lasting(history).flatMap((chat) =>
    following(history, chat).flatMap(([name, view]) => {
      if (view.rev < chat.rev) return []
      const missing = chat.rows.filter(({ seq }) => !view.rows.has(seq)).map(({ seq }) => seq)
      return missing.length === 0 ? [] : [`${name} in ${chat.id}: no ${missing.slice(0, 5).join(', ')}`]
    }),
  )
}

/** What a connected device did not have so soon after the ack; what it has not at the end. */
export function findLate(history: History, withinMs: number): string[] {
  const slow = lags(history, withinMs)
    .filter(({ ms }) => ms > withinMs)
    .map(({ device, op, ms }) => `${device}: ${op.content} after ${Math.round(ms)} ms`)
  const behind = lasting(history).flatMap((chat) => {
    const views = following(history, chat)
    const absent = history.devices.filter(
      ({ device, user }) => chat.members.get(user)?.isIn && !views.some(([name]) => name === device),
    )
    return [
      ...views
        .filter(([, { rev }]) => rev < chat.rev)
        .map(([name, { rev }]) => `${name} ends at ${rev} of ${chat.id}, which is at ${chat.rev}`),
      ...absent.map(({ device }) => `${device} never heard of ${chat.id}`),
    ]
  })
  return [...slow, ...behind]
}

export interface Lag {
  device: string
  op: Op
  ms: number
}

/** For each acknowledged change and each device that was connected all the while: how long after the ack it came. */
export function lags(history: History, withinMs: number): Lag[] {
  const chats = new Map(lasting(history).map((chat) => [chat.id, memberRevs(chat)]))
  const moves = Map.groupBy(history.moved, ({ device, chat }) => `${device} ${chat}`)
  const online = Map.groupBy(history.online, ({ device }) => device)
  return history.ops.flatMap((op) => {
    const ack = op.outcome === 'ok' ? op.acks[0] : undefined
    if (ack === undefined || ack.rev === null) return []
    const rev = ack.rev
    return history.devices.flatMap(({ device, user }) => {
      const isIn = chats
        .get(op.chat)
        ?.get(user)
        ?.some(({ from, to }) => from <= rev && to === Infinity)
      const since = isIn ? connectedSince(online.get(device) ?? [], ack.at, withinMs) : null
      if (since === null) return []
      return [{ device, op, ms: reachedAt(moves.get(`${device} ${op.chat}`) ?? [], rev) - since }]
    })
  })
}

/** The first moment at or after `at` from which the device was connected for so long, if there is one. */
function connectedSince(spans: Online[], at: number, forMs: number): number | null {
  for (const { from, to } of spans) {
    const start = Math.max(from, at)
    if ((to ?? Infinity) >= start + forMs) return start
  }
  return null
}

/** A device's rev of a chat only ever rises. */
function reachedAt(moves: Moved[], rev: number): number {
  let [low, high] = [0, moves.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((moves[middle]?.rev ?? Infinity) >= rev) high = middle
    else low = middle + 1
  }
  return moves[low]?.at ?? Infinity
}

/** Of a chat that was deleted nobody has to know anything more. */
const lasting = ({ stored }: History): StoredChat[] => stored.filter(({ isGone }) => !isGone)

const following = (history: History, chat: StoredChat): [string, ChatView][] =>
  history.devices.flatMap(({ device, user, chats }: DeviceView) => {
    const view = chats.get(chat.id)
    return view === undefined || !chat.members.get(user)?.isIn ? [] : [[device, view] as [string, ChatView]]
  })

const viewOf = ({ rev, rows, members }: StoredChat): ChatView => ({
  rev,
  rows: new Map(rows.map((row) => [row.seq, row])),
  members: new Set([...members].filter(([, { isIn }]) => isIn).map(([id]) => id)),
})
