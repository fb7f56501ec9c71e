import type { Db } from './db.ts'
import { misuse } from './failure.ts'
import { withoutLocks } from './postgres.reads.ts'
import { type Place, transact, transactTogether } from './postgres.transaction.ts'
import { openTurns, type Turns } from './postgres.turns.ts'
import { isNested, NESTED, newJointWrite, newWrite, type Write } from './write.ts'

const SNAPSHOT = 'isolation level repeatable read read only'

/** Writes, each in its turn, and views. */
export function openWrites(
  place: Omit<Place, 'use'>,
  most: Turns,
): Pick<Db, 'write' | 'writeJointly' | 'view'> {
  const writing: Place = { ...place, use: 'writes' }
  const alone = (batch: readonly Write[]) => transact(writing, batch)
  const turns = openTurns({ alone, together: (batch) => transactTogether(writing, batch) }, most)
  const ask = (write: Write, turn?: string): Promise<unknown> => {
    if (isNested()) return Promise.reject(misuse(NESTED))
    if (turn === undefined) void alone([write])
    else turns(turn, write)
    return write.promise
  }
  return {
    write: (work, { turn } = {}) => ask(newWrite(work), turn) as ReturnType<typeof work>,
    writeJointly: (joint, input, turn) => ask(newJointWrite(joint, input, turn), turn) as Promise<never>,
    view(work) {
      const view = newWrite((sql) => work(withoutLocks(sql)))
      void transact({ ...place, use: 'reads', mode: SNAPSHOT, meter: undefined }, [view])
      return view.promise as ReturnType<typeof work>
    },
  }
}
