import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { createPostgresDatabase } from '../../testing/databases.ts'
import { hasPostgres, type PostgresServer, startPostgres } from '../../testing/postgres.ts'
import { createLog } from '../log.ts'
import { openPostgres } from './db.postgres.ts'
import type { OpenDb } from './db.ts'

const REFUSED = { reason: { code: 'unavailable' } }

if (hasPostgres) {
  connections()
  settings()
}

function connections(): void {
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

function settings(): void {
  let server: PostgresServer
  let address: string
  let admin: import('postgres').Sql

  beforeAll(async () => {
    server = await startPostgres()
    address = `${server.address}/postgres`
    const { default: connect } = await import('postgres')
    admin = connect(address, { max: 1, onnotice: () => {} })
  })
  afterEach(async () => {
    await admin.unsafe('alter system reset all')
    await admin.unsafe('select pg_reload_conf()')
  })
  afterAll(async () => {
    await admin.end()
    await server.stop()
  })

  /** As somebody does who edits postgresql.conf and reloads. */
  const set = async (name: string, value: string): Promise<void> => {
    await admin.unsafe(`alter system set ${name} = '${value}'`)
    await admin.unsafe('select pg_reload_conf()')
    // What takes effect at the next word to the server, does.
    for (let is = ''; is !== value; )
      is = (await admin.unsafe(`select current_setting('${name}') as is`))[0]?.is
  }

  test.each(['synchronous_commit', 'full_page_writes', 'fsync'])(
    'a server that is told to forget while all connections last is found within two seconds: %s (C1)',
    async (name) => {
      const db = await openPostgres(address)
      await set(name, 'off')
      const toldAt = performance.now()

      while (db.trouble === null) await db.read`select 1`.catch(() => {})
      const took = performance.now() - toldAt
      const outcomes = await Promise.allSettled([db.read`select 1`, db.write((sql) => sql`select 1`)])
      const why = db.trouble
      await set(name, 'on')
      while ((await Promise.allSettled([db.write((sql) => sql`select 1`)]))[0].status === 'rejected')
        await admin.unsafe('select 1')

      expect(took).toBeLessThan(2000)
      expect(outcomes).toMatchObject([REFUSED, REFUSED])
      expect(why).toContain(`${name} is off`)
      expect(db.trouble).toBeNull()
      await db.close()
    },
  )

  test('of several hosts one that would forget is what is told, though another is away', async () => {
    await set('synchronous_commit', 'off')
    const here = `127.0.0.1:${server.port}`

    const outcomes = await Promise.allSettled(
      [`${here},127.0.0.1:1`, `127.0.0.1:1,${here}`].map((hosts) =>
        openPostgres(`postgres://warren@${hosts}/postgres`),
      ),
    )

    expect(outcomes).toMatchObject([{ reason: { exit: 3 } }, { reason: { exit: 3 } }])
  })

  test.each([
    ['on', '', true],
    ['on', 'other', true],
    ['remote_apply', 'other', true],
    ['local', '', true],
    ['local', 'other', false],
    ['remote_write', '', true],
    ['remote_write', 'other', false],
    ['off', '', false],
  ])(
    'with synchronous_commit %s and the standbys "%s" a node starts: %p (C1)',
    async (commit, standbys, does) => {
      await set('synchronous_commit', commit)
      await set('synchronous_standby_names', standbys)

      const outcome = await openPostgres(address).then(
        (db) => db.close().then(() => 'starts'),
        ({ exit, message }) => `${exit}: ${message}`,
      )

      if (does) expect(outcome).toBe('starts')
      else
        expect(outcome).toStartWith(
          `3: The database would forget acknowledged messages (synchronous_commit is ${commit})`,
        )
    },
  )
}
