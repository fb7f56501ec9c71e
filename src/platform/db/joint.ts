import { Refusal } from '../errors.ts'
import { HELD, type Joint } from './db.ts'
import { misuse } from './failure.ts'
import { fail, newWrite, type Write } from './write.ts'

/** The write at this place of a line, with those right behind it that go together with it: one that leads them. */
export function leadFrom(line: readonly Write[], from: number, most: number): Write | undefined {
  const first = line[from]
  if (first === undefined || first.asked === null) return first
  const { joint, turn } = first.asked
  let to = from + 1
  while (to < from + most && line[to]?.asked?.joint === joint && line[to]?.asked?.turn === turn) to++
  return lead(joint, line.slice(from, to))
}

/** One that carries out writes of several turns; all have asked for the same joint. */
export function leadAcross(members: readonly Write[]): Write {
  const asked = members[0]?.asked
  if (!asked) throw misuse('only joint writes share a transaction')
  return lead(asked.joint, members)
}

/** Whose row another held. */
export const heldOf = ({ members, outcome }: Write): Write[] =>
  (members ?? []).filter((_, at) => (outcome as unknown[])[at] === HELD)

function lead(joint: Joint<unknown, unknown>, members: readonly Write[]): Write {
  const inputs = members.map(({ asked }) => asked?.input)
  return { ...newWrite((sql) => joint(sql, inputs)), members }
}

/**
 * A bug that one of them met is not the others': those that a failed write led, each led by itself. Null when there is
 * nothing to part; a refusal is of the database, and holds for all.
 */
export function partsOf({ members, failed, outcome }: Write): Write[] | null {
  if (members === null || members.length < 2 || !failed || outcome instanceof Refusal) return null
  return members.flatMap((member) => (member.asked === null ? [] : [lead(member.asked.joint, [member])]))
}

/** A batch as it is carried out. */
export function leadAll(batch: readonly Write[]): Write[] {
  const leaders: Write[] = []
  for (let from = 0; from < batch.length; ) {
    const leader = leadFrom(batch, from, batch.length)
    if (leader === undefined) break
    leaders.push(leader)
    from += sizeOf(leader)
  }
  return leaders
}

export const sizeOf = ({ members }: Write): number => members?.length ?? 1

/** What became of the one that led is told to those it led. */
export function share({ members, failed, outcome }: Write): void {
  members?.forEach((member, at) => {
    const own = failed ? outcome : (outcome as unknown[])[at]
    if (failed || own instanceof Refusal) fail(member, own)
    else member.outcome = own
  })
}
