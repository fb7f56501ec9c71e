import type { ChatView, History, Op, StoredChat, StoredRow } from './history.ts'

/** Findings about what is stored: the clients' acks against the database file and what the node serves. */

const byChat = ({ stored }: History): Map<string, StoredChat> =>
  new Map(stored.map((chat) => [chat.id, chat]))

/** Acknowledged, and not there: a message, a change of one, a read mark. */
export function findLost(history: History): string[] {
  const chats = byChat(history)
  const rows = new Map(history.stored.flatMap((chat) => chat.rows.map((row) => [row.id, row])))
  return history.ops.flatMap((op) => {
    if (op.outcome !== 'ok' || op.kind === 'found') return []
    const chat = chats.get(op.chat)
    const why =
      chat === undefined ? 'the chat is gone' : whyLost(op, chat, rows, history.fetched.get(chat.id) ?? [])
    return why === null ? [] : [`${op.kind} ${op.key} of ${op.device} in ${op.chat}: ${why}`]
  })
}

function whyLost(
  op: Op,
  chat: StoredChat,
  rows: Map<string, StoredRow>,
  served: readonly ChatView[],
): string | null {
  for (const ack of op.acks) {
    if (ack.mark !== null && (chat.members.get(op.user)?.mark ?? 0) < ack.mark) return 'the mark is behind'
    if (ack.id === null) continue
    const row = rows.get(ack.id)
    if (row === undefined) return 'no row'
    if (row.seq !== ack.seq) return `acked at ${ack.seq}, stored at ${row.seq}`
    if (row.rev < (ack.rev ?? 0)) return `acked with rev ${ack.rev}, stored with ${row.rev}`
    if (served.some((view) => view.rows.get(row.seq)?.id !== ack.id)) return 'not served'
    if (!holds(op, ack.rev, row)) return `says ${JSON.stringify(row.content)}`
  }
  return null
}

/** Whether the row says what was asked for, unless something later changed it. */
function holds(op: Op, rev: number | null, row: StoredRow): boolean {
  if (op.kind === 'delete') return row.deleted
  // The answer to a repeat is the first message as it is now.
  if (op.kind === 'send' && row.edited) return true
  if (row.rev !== rev) return true
  return op.kind === 'react' || row.deleted || row.content === op.content
}

/** One thing said, two rows; or two answers to one `client_id` that name different messages. */
export function findDuplicated({ stored, ops }: History): string[] {
  const twice = stored.flatMap(({ id, rows }) => {
    const said = rows.filter(({ kind, deleted, edited }) => kind === 'text' && !deleted && !edited)
    const keys = [
      ...said.map(({ sender, content }) => `${sender} ${content}`),
      ...rows.map(({ sender, client_id }) => `${sender} ${client_id}`),
      ...rows.map((row) => row.id),
    ]
    return repeated(keys).map((key) => `${key} in ${id}`)
  })
  const answers = ops
    .filter(({ kind, acks }) => kind === 'send' && new Set(acks.map(({ id }) => id)).size > 1)
    .map(({ key, acks }) => `${key} was answered with ${acks.map(({ id }) => id).join(' and ')}`)
  return [...twice, ...answers]
}

function repeated(keys: string[]): string[] {
  const seen = new Set<string>()
  return keys.filter((key) => seen.size === seen.add(key).size)
}

/** Stored or shown, though nobody said it; or refused and stored all the same. */
export function findPhantom({ stored, ops, heard }: History): string[] {
  const asked = new Map(ops.filter(({ kind }) => kind === 'send').map((op) => [op.key, op]))
  const here = new Set(ops.map(({ chat }) => chat))
  const found = stored.flatMap(({ id: chat, rows }) =>
    rows.flatMap((row) => {
      if (row.kind !== 'text' || !here.has(chat)) return []
      const op = asked.get(row.client_id)
      if (op === undefined) return [`${row.id} at ${row.seq} of ${chat}: nobody said it`]
      return op.outcome === 'fail' ? [`${row.id} at ${row.seq} of ${chat}: refused with ${op.why}`] : []
    }),
  )
  const known = new Set(stored.flatMap(({ rows }) => rows.map(({ id, seq }) => `${id}@${seq}`)))
  const shown = new Set(
    heard.flatMap(({ id, seq, chat }) =>
      id === null || known.has(`${id}@${seq}`) ? [] : [`${id} at ${seq} of ${chat}: shown, not stored`],
    ),
  )
  return [...found, ...shown]
}

/** Places and revs: dense, unique, none beyond the head. */
export function findOrder({ stored }: History): string[] {
  return stored.flatMap(({ id, rows, rev, lastSeq, members }) => {
    const found: string[] = []
    rows.forEach(({ seq }, at) => {
      if (seq !== at + 1) found.push(`${id}: ${seq} stands at place ${at + 1}`)
    })
    if (rows.length !== lastSeq) found.push(`${id}: ${rows.length} rows, last_seq ${lastSeq}`)
    const revs = rows.map((row) => row.rev)
    if (new Set(revs).size !== revs.length) found.push(`${id}: two rows of one rev`)
    if (Math.max(0, ...revs, ...[...members.values()].map((member) => member.rev)) > rev)
      found.push(`${id}: a row beyond the head ${rev}`)
    return found.slice(0, 3)
  })
}

/** One device's messages to one chat stand in the order in which they were sent. */
export function findFifo({ ops }: History): string[] {
  const sends = ops.filter(({ kind, outcome }) => kind === 'send' && outcome === 'ok')
  const lines = Map.groupBy(sends, ({ device, chat }) => `${device} in ${chat}`)
  return [...lines].flatMap(([line, sent]) => {
    const found: string[] = []
    let before: Op | undefined
    for (const op of sent) {
      const isOrdered = before !== undefined && comesAfter(op, before)
      if (isOrdered && placeOf(op) < placeOf(before as Op))
        found.push(`${line}: ${op.content} stands before ${before?.content}`)
      before = op
    }
    return found
  })
}

/** After its answer, or behind it on the same socket: what was asked anew had to give up its place. */
const comesAfter = (op: Op, before: Op): boolean =>
  (before.endedAt ?? Infinity) <= op.at || (op.attempts === 1 && before.attempts === 1)

const placeOf = ({ acks }: Op): number => acks[0]?.seq ?? 0
