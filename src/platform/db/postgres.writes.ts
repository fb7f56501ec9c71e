import type { Db } from './db.ts'
import { misuse } from './failure.ts'
import { refuseLock } from './postgres.reads.ts'
import { type Place, transact } from './postgres.transaction.ts'
import { openTurns, type Turns } from './postgres.turns.ts'
import { isNested, NESTED, newJointWrite, newWrite, type Write } from './write.ts'

const SNAPSHOT = 'isolation level repeatable read read only'

/** Writes, each in its turn, and views. */
export function openWrites(
  place: Omit<Place, 'use'>,
  most: Turns,
): Pick<Db, 'write' | 'writeJointly' | 'view'> {
  const run = (batch: readonly Write[]) => transact({ ...place, use: 'writes' }, batch)
  const turns = openTurns(run, most)
  const ask = (write: Write, turn?: string): Promise<unknown> => {
    if (isNested()) return Promise.reject(misuse(NESTED))
    if (turn === undefined) void run([write])
    else turns(turn, write)
    return write.promise
  }
  return {
    write: (work, { turn } = {}) => ask(newWrite(work), turn) as ReturnType<typeof work>,
    writeJointly: (joint, input, turn) => ask(newJointWrite(joint, input, turn), turn) as Promise<never>,
    view(work) {
      const view = newWrite((sql) => work(Object.assign(sql, { lock: refuseLock })))
      void transact({ ...place, use: 'reads', mode: SNAPSHOT, meter: undefined }, [view])
      return view.promise as ReturnType<typeof work>
    },
  }
}
