import { Database, type Statement } from 'bun:sqlite'
import { afterEach, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type FreshDatabase, freshSqlite } from '../../testing/databases.ts'
import { addNote, createNotes } from './db.contract.ts'
import type { OpenDb, Sql } from './db.ts'
import type { Bound } from './sqlite.statements.ts'
import { openUndo } from './sqlite.undo.ts'

const open: FreshDatabase[] = []
afterEach(async () => {
  for (const fresh of open.splice(0)) await fresh.close()
})

async function freshNotes(): Promise<OpenDb> {
  const fresh = await freshSqlite()
  open.push(fresh)
  await createNotes(fresh.db)
  return fresh.db
}

/** What a write does, in order; `end` is how it ends. */
interface Doing {
  steps: readonly Step[]
  end: 'well' | 'refused' | 'stuck'
  runsScript: boolean
}
type Step = (typeof STEPS)[number]
const STEPS = ['add', 'addTwo', 'count', 'raise', 'remove', 'look', 'taken'] as const

async function carryOut(sql: Sql, step: Step, n: number): Promise<void> {
  if (step === 'add') await addNote(sql, `n${n}`, n)
  else if (step === 'addTwo') {
    await sql`insert into notes (id, n, bytes) values (${`x${n}`}, ${n}, null), (${`y${n}`}, ${n}, ${new Uint8Array([n])})`
  } else if (step === 'count')
    await sql`insert into notes (id, n) select ${`sum${n}`}, count(*) + sum(n) from notes`
  else if (step === 'raise') await sql`update notes set n = n * 2 + rowid where n % 2 = ${n % 2}`
  else if (step === 'remove') await sql`delete from notes where n > ${n * 3} returning id`
  else if (step === 'look') await sql`select count(*) from notes where id in ${sql.list(['a', `n${n}`])}`
  else await addNote(sql, 'taken').catch(() => {})
}

const work =
  ({ steps, end }: Doing, place: number) =>
  async (sql: Sql) => {
    for (const [at, step] of steps.entries()) await carryOut(sql, step, place * 10 + at)
    if (end === 'refused') throw new Error('refused')
    if (end === 'stuck') await new Promise(() => {})
  }

const write = (db: OpenDb, doing: Doing, place: number) =>
  doing.runsScript
    ? db.exclusive(async (sql, run) => {
        await run(`update notes set n = n + 1; insert into notes (id, n) values ('script${place}', 1)`)
        await work(doing, place)(sql)
      })
    : db.write(work(doing, place))

const rows = (db: OpenDb) => db.read`select rowid, id, n, hex(bytes) as bytes from notes order by rowid`

const doing: fc.Arbitrary<Doing> = fc.record({
  steps: fc.array(fc.constantFrom(...STEPS), { maxLength: 4 }),
  end: fc.constantFrom('well', 'well', 'refused', 'stuck'),
  runsScript: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
})

test('a batch leaves what its writes leave one by one, whichever fail (C2)', async () => {
  const [together, apart] = [await freshNotes(), await freshNotes()]
  await fc.assert(
    fc.asyncProperty(fc.array(doing, { minLength: 1, maxLength: 12 }), async (doings) => {
      for (const db of [together, apart]) {
        await db.write((sql) => sql`delete from notes`)
        await db.write((sql) => addNote(sql, 'taken', 1))
      }

      const outcomes = await Promise.allSettled(doings.map((each, place) => write(together, each, place)))
      for (const [place, each] of doings.entries()) {
        const [alone] = await Promise.allSettled([write(apart, each, place)])
        expect(outcomes[place]?.status).toBe(alone?.status)
      }

      expect(await rows(together)).toEqual(await rows(apart))
    }),
    { numRuns: 150 },
  )
})

/** Sixteen writes of one change each; every `failing`-th fails. How many statements it took. */
function countRuns(failing: number): { runs: number; kept: unknown } {
  const connection = new Database(':memory:')
  connection.run('create table notes (n integer)')
  const statement = connection.prepare('insert into notes values (?)')
  let runs = 0
  const all = (...values: number[]) => {
    runs++
    return statement.all(...values)
  }
  const undo = openUndo(connection)
  connection.run('begin immediate')
  undo.startBatch()
  for (let n = 1; n <= 16; n++) {
    undo.enter(false)
    const change: Bound = {
      prepared: { statement: { all } as unknown as Statement, isRead: false },
      values: [n],
    }
    undo.remember(change)
    all(n)
    undo.leave(n % failing === 0)
  }
  connection.run('commit')
  const kept = connection.query('select count(*) as kept from notes').get()
  undo.close()
  statement.finalize()
  connection.close()
  return { runs, kept }
}

test('a batch of which much fails is repeated once, not for each failure', () => {
  expect(countRuns(17)).toEqual({ runs: 16, kept: { kept: 16 } })
  expect(countRuns(8)).toEqual({ runs: 16 + 7, kept: { kept: 14 } })
  expect(countRuns(2)).toEqual({ runs: 16 + 1, kept: { kept: 8 } })
})

test('a change that would do something else when it is repeated is a bug', async () => {
  const db = await freshNotes()

  const outcomes = await Promise.allSettled([
    db.write((sql) => sql`insert into notes (id, n) values (${'a'}, abs(random()))`),
    db.write((sql) => sql`update notes set id = id || current_timestamp`),
  ])

  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ reason: { message: expect.stringContaining('neither time nor chance') } })
  }
  expect(await rows(db)).toEqual([])
})
