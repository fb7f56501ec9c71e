import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type FreshDatabase, freshPostgres } from '../../testing/databases.ts'
import { hasPostgres } from '../../testing/postgres.ts'
import { createNotes } from './db.contract.ts'
import { openPostgres } from './db.postgres.ts'
import type { Sql } from './db.ts'

if (hasPostgres) changes()

function changes(): void {
  let fresh: FreshDatabase
  let reader: import('postgres').Sql

  beforeEach(async () => {
    fresh = await freshPostgres({ lockTimeoutMs: 800 })
    await createNotes(fresh.db)
    const { default: connect } = await import('postgres')
    reader = connect(fresh.path, { max: 1 })
    // As a backup does.
    await reader.unsafe('begin isolation level repeatable read; select 1 from notes')
  })
  afterEach(async () => {
    await reader.end()
    await fresh.close()
  })

  const change = (_: Sql, run: (script: string) => Promise<void>) =>
    run('alter table notes add column more text')
  const columns = () =>
    fresh.db.read<{ name: string }>`
      select column_name as name from information_schema.columns
      where table_name = 'notes' and column_name = 'more'`

  test('a table that a backup reads is changed after it; what is written meanwhile is not refused', async () => {
    let tries = 0
    let isDone = false
    const changed = fresh.db
      .exclusive((sql, run) => {
        tries++
        return change(sql, run)
      })
      .finally(() => {
        isDone = true
      })

    while (tries < 3) await fresh.db.write((sql) => sql`update notes set n = n`)
    const doneBefore = isDone
    await reader.unsafe('commit')
    await changed

    expect(doneBefore).toBe(false)
    expect(await columns()).toHaveLength(1)
  })

  test('who waits for another that changes the database is told so, and not of a table', async () => {
    await reader.unsafe('commit')
    const quick = await openPostgres(fresh.path, { lockTimeoutMs: 10 })
    const begun = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const first = fresh.db.exclusive(async () => {
      begun.resolve()
      await held.promise
    })
    await begun.promise

    const outcome = await Promise.allSettled([quick.exclusive(change)])
    held.resolve()
    await first
    await quick.close()

    expect(outcome).toMatchObject([{ reason: { exit: 4 } }])
    expect(String((outcome[0] as PromiseRejectedResult).reason)).toContain('Another Warren')
    expect(await columns()).toEqual([])
  })

  test('one that is in use all the time stays as it is, and who runs the node is told', async () => {
    const quick = await openPostgres(fresh.path, { lockTimeoutMs: 40 })
    const outcome = await Promise.allSettled([quick.exclusive(change)])
    await quick.close()

    expect(outcome).toMatchObject([{ reason: { exit: 4 } }])
    expect(await columns()).toEqual([])
  })
}
