import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createPostgresDatabase } from '../../testing/databases.ts'
import { hasPostgres } from '../../testing/postgres.ts'
import { createLog } from '../log.ts'
import { openPostgres } from './db.postgres.ts'
import type { OpenDb } from './db.ts'

const REFUSED = { reason: { code: 'unavailable' } }

if (hasPostgres) durable()

function durable(): void {
  let db: OpenDb
  let name: string
  let admin: import('postgres').Sql
  const told: string[] = []

  beforeAll(async () => {
    const address = await createPostgresDatabase()
    name = address.split('/').at(-1) as string
    const log = { ...createLog('silent'), error: (_: unknown, words: string) => void told.push(words) }
    db = await openPostgres(address, { log: log as never, reads: 3, writes: 1 })
    const { default: connect } = await import('postgres')
    admin = connect(address, { max: 1, onnotice: () => {} })
  })
  afterAll(async () => {
    await admin.end()
    await db.close()
  })

  const endOne = () =>
    admin.unsafe(`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'warren' and datname = '${name}' limit 1`)
  const ours = async () =>
    (
      await admin.unsafe(
        `select 1 from pg_stat_activity where application_name = 'warren' and datname = '${name}'`,
      )
    ).length
  const readThrice = () => Promise.allSettled([1, 2, 3].map(() => db.read`select 1`))

  test('a server that is told to forget is found by the next connection, and nothing more is stored there (C1)', async () => {
    while ((await ours()) < 3) await readThrice()
    await admin.unsafe(`alter database ${name} set synchronous_commit = off`)
    await endOne()
    while (db.trouble === null) await readThrice()

    const outcomes = await Promise.allSettled([db.read`select 1`, db.write((sql) => sql`select 1`)])
    while ((await ours()) > 0);
    const why = db.trouble

    expect(outcomes).toMatchObject([REFUSED, REFUSED])
    expect(why).toContain('synchronous_commit is off')
    expect(told).toEqual(['database: refused'])
  })

  test('and is taken back as soon as it remembers again', async () => {
    await admin.unsafe(`alter database ${name} reset synchronous_commit`)
    while ((await Promise.allSettled([db.read`select 1`]))[0].status === 'rejected')
      await admin.unsafe('select 1')

    expect(db.trouble).toBeNull()
    expect(await db.write((sql) => sql<{ one: number }>`select 1 as one`)).toEqual([{ one: 1 }])
  })
}
