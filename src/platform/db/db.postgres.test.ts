import { describe, expect, test } from 'bun:test'
import { createPostgresDatabase, freshPostgres } from '../../testing/databases.ts'
import { hasPostgres } from '../../testing/postgres.ts'
import { databaseClock } from './databaseClock.ts'
import { contract } from './db.contract.ts'
import { openPostgres } from './db.postgres.ts'
import { jointContract } from './joint.contract.ts'
import { killContract } from './kill.contract.ts'
import { migrate } from './migrate.ts'
import { tagContract } from './tag.contract.ts'

if (hasPostgres) {
  describe('PostgreSQL: writes', () => contract(freshPostgres))
  describe('PostgreSQL: joint writes', () => jointContract(freshPostgres))
  describe('PostgreSQL: statements', () => tagContract(freshPostgres))
  describe('PostgreSQL: kill -9', () =>
    killContract(async () => {
      const path = await createPostgresDatabase()
      const db = await openPostgres(path)
      await migrate(db)
      await db.close()
      return { path, open: () => openPostgres(path) }
    }))

  test('statements are not compiled: a list of unread chats would wait for it longer than for its rows', async () => {
    const { db, close } = await freshPostgres()
    const settings = await db.read`select setting from pg_settings where name = 'jit'`
    await close()

    expect(settings).toEqual([{ setting: 'off' }])
  })

  test("the clock is the database's, to half a round trip", async () => {
    const { db, close } = await freshPostgres()
    const clock = await databaseClock(db)
    const [row] = await db.read<{ now: number }>`
      select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`
    const ours = clock.now()
    clock.close()
    await close()

    expect(Math.abs(ours - row!.now)).toBeLessThan(100)
  })
}
