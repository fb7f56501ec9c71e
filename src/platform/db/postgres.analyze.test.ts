import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type FreshDatabase, freshPostgres } from '../../testing/databases.ts'
import { hasPostgres } from '../../testing/postgres.ts'
import { createNotes } from './db.contract.ts'
import { analyzeGrown } from './postgres.analyze.ts'

if (hasPostgres) growth()

function growth(): void {
  let fresh: FreshDatabase
  beforeAll(async () => {
    fresh = await freshPostgres()
    await createNotes(fresh.db)
  })
  afterAll(() => fresh.close())

  /** What the server counts of a write is known at its end, not up to a second later. */
  const addNotes = (from: number, to: number) =>
    fresh.db.write(async (sql) => {
      await sql`insert into notes (id, n) select 'n' || n::text, n from generate_series(${from}::int, ${to}::int) as n`
      await sql`select pg_stat_force_next_flush()`
    })
  /** What it plans by; -1 is never. */
  const known = async (): Promise<number> => {
    const rows = await fresh.db.read<{ rows: number }>`
      select reltuples::bigint as rows from pg_class where relname = 'notes'`
    return rows[0]?.rows ?? Number.NaN
  }

  const looks = async (): Promise<number> => {
    const rows = await fresh.db.read<{ looks: number }>`
      select analyze_count as looks from pg_stat_user_tables where relname = 'notes'`
    return rows[0]?.looks ?? Number.NaN
  }

  test('a table that has doubled is looked at; one that has grown a little is not', async () => {
    const seen: number[] = []
    for (const [from, to] of [
      [1, 400],
      [401, 600],
      [601, 1100],
      [1101, 1300],
    ] as const) {
      await addNotes(from, to)
      await analyzeGrown(fresh.db)
      seen.push(await known())
    }

    expect(seen).toEqual([-1, 600, 600, 1300])
  })

  test('one that is only changed is left alone, however often', async () => {
    await addNotes(5001, 6000)
    await fresh.db.write((sql) => sql`analyze notes`)
    const before = await looks()

    for (let round = 0; round < 5; round++) {
      await fresh.db.write(async (sql) => {
        await sql`update notes set n = n + 1`
        await sql`select pg_stat_force_next_flush()`
      })
      await analyzeGrown(fresh.db)
    }

    expect(await looks()).toBe(before)
  })
}
