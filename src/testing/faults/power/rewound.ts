import { findPhantom } from '../../checker/findings.stored.ts'
import { check, describe } from '../../checker/findings.ts'
import type { DeviceView, History, Op, StoredChat } from '../../checker/history.ts'

/** What a restore did to those who knew more, judged by what they wrote down and what is stored. */

export interface Hello {
  epoch: string
  chats: { id: string; last_seq: number }[]
}

/** At the moment when the node died. `began` and `ended` are of the backup. */
export interface Before {
  epoch: string
  began: number
  ended: number
  ops: Op[]
  views: DeviceView[]
}

export interface HandedIn {
  op: Op
  /** What both answers named: a message, or the code of a refusal. */
  ids: string[]
}

export interface After {
  /** When the restored node had just started. */
  stored: StoredChat[]
  isSignedOut: boolean
  /** Of each device, in the order of the views. */
  hellos: Hello[]
  /** When all had loaded what there is, and nobody had said anything yet. */
  views: DeviceView[]
  handedIn: HandedIn[]
  /** From the sign-in to the end, with more talk in it. */
  history: History
}

export interface Verdict {
  findings: string[]
  /** Acknowledged before the backup began, and there. */
  kept: number
  /** Acknowledged, and gone with the restore. */
  gone: number
  /** What the devices count as lost, all together. */
  counted: number
  /** Messages that a device knew in chats that it is not in any more, beside these. */
  outOfSight: number
  handedIn: number
  /** Said to who hands in: the chat is not theirs any more. */
  refused: number
}

export function judge(before: Before, after: After): Verdict {
  const stored = new Set(after.stored.flatMap(({ rows }) => rows.map(({ id }) => id)))
  const acked = before.ops.filter(({ kind, outcome }) => kind === 'send' && outcome === 'ok')
  const early = acked.filter(({ endedAt }) => (endedAt ?? Infinity) < before.began)
  const counts = before.views.map((view, at) => countLost(view, after, at))
  const refused = after.handedIn.filter(({ ids }) => ids[0] === 'not_found' || ids[0] === 'forbidden')
  return {
    findings: [
      ...(after.isSignedOut ? [] : ['an old session is still good']),
      ...after.hellos.filter(({ epoch }) => epoch === before.epoch).map(() => 'the epoch is the old one'),
      ...early.filter((op) => !stored.has(idOf(op))).map(({ content }) => `not in the backup: ${content}`),
      ...findUnexpected(before, after.stored),
      ...counts.flatMap(({ findings }) => findings),
      ...after.handedIn.flatMap((one) => findNotTaken(one, after.history.stored)),
      ...findAfterwards(before, after.history),
    ],
    kept: early.length,
    gone: acked.filter((op) => !stored.has(idOf(op))).length,
    counted: counts.reduce((sum, { counted }) => sum + counted, 0),
    outOfSight: counts.reduce((sum, { outOfSight }) => sum + outOfSight, 0),
    handedIn: after.handedIn.length - refused.length,
    refused: refused.length,
  }
}

const idOf = ({ acks }: Op): string => acks[0]?.id ?? ''

/** Only what was asked for before the backup was done can be in it. */
function findUnexpected({ ops, ended }: Before, stored: StoredChat[]): string[] {
  const early = new Set(ops.filter(({ kind, at }) => kind === 'send' && at < ended).map(({ key }) => key))
  return stored
    .flatMap(({ rows }) => rows)
    .filter(({ kind, client_id }) => kind === 'text' && !early.has(client_id))
    .map(({ content }) => `later than the backup, and there: ${content}`)
}

/**
 * By the heads in `hello` a device counts what it knew above them. That must be what it has not any more after it
 * loaded everything, and what is not stored: exactly these, by their ids.
 */
function countLost(
  view: DeviceView,
  after: After,
  at: number,
): { counted: number; outOfSight: number; findings: string[] } {
  const heads = new Map(after.hellos[at]?.chats.map(({ id, last_seq }) => [id, last_seq]))
  const result = { counted: 0, outOfSight: 0, findings: [] as string[] }
  for (const [id, { rows }] of view.chats) {
    const stored = new Set(after.stored.find((chat) => chat.id === id)?.rows.map((row) => row.id))
    const head = heads.get(id)
    const gone = [...rows.values()].filter((row) => !stored.has(row.id))
    if (head === undefined) {
      result.outOfSight += gone.length
      continue
    }
    const above = [...rows.values()].filter(({ seq }) => seq > head)
    const here = after.views[at]?.chats.get(id)?.rows
    const missing = [...rows.values()].filter(({ seq, id }) => here?.get(seq)?.id !== id)
    result.counted += above.length
    const [counted, lost, unseen] = [above, gone, missing].map((some) => some.map((row) => row.id).join(' '))
    if (counted !== lost) result.findings.push(`${view.device} counts ${counted} of ${id}, lost are ${lost}`)
    if (unseen !== lost) result.findings.push(`${view.device} misses ${unseen} of ${id}, lost are ${lost}`)
  }
  return result
}

/** There exactly once, under the id of both answers; or refused both times, and not there. */
function findNotTaken({ op, ids }: HandedIn, stored: StoredChat[]): string[] {
  const rows = stored
    .flatMap(({ rows }) => rows)
    .filter(({ client_id, sender }) => client_id === op.key && sender === op.user)
  const isRefused = rows.length === 0 && ids.every((id) => id === 'not_found' || id === 'forbidden')
  const isTaken = rows.length === 1 && ids.every((id) => id === rows[0]?.id)
  return isRefused || isTaken ? [] : [`handed in: ${op.content}, answered ${ids}, ${rows.length} rows`]
}

/** Everything that is judged of any run; said is also what was said before. */
function findAfterwards({ ops }: Before, history: History): string[] {
  const found = check(history, { withinMs: 3000 })
  found.phantom = findPhantom({ ...history, ops: [...ops, ...history.ops] })
  const words = describe(found)
  return words === '' ? [] : [words]
}
