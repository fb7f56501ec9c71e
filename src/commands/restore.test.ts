import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSqlite } from '../platform/db/db.sqlite.ts'
import { listMigrations, migrate } from '../platform/db/migrate.ts'
import { writeArchive } from '../platform/keeping/archive.ts'
import { dump } from '../platform/keeping/dump.ts'
import { openSqliteSource } from '../platform/keeping/source.sqlite.ts'
import { startTestNode, type TestPerson } from '../testing/node.ts'
import { notRun } from '../testing/notRun.ts'
import { hasPostgres } from '../testing/postgres.ts'
import { describe as describeSource } from './keeping/installation.ts'
import {
  at,
  ENGINES,
  newFolder,
  onSqlite,
  removeFolders,
  SECRET_KEY,
  type Settings,
  startTeam,
  type Team,
  warren,
} from './keeping/scene.ts'

if (!hasPostgres) notRun('restoring PostgreSQL', 'no PostgreSQL 15')

afterAll(removeFolders)

describe.each(ENGINES)('restoring on %s', (_, settings) => {
  let env: Settings
  let team: Team
  let ann: TestPerson
  let file: string

  beforeAll(async () => {
    env = { ...(await settings()), WARREN_SECRET_KEY: SECRET_KEY }
    team = await startTeam(env)
    ann = team.people[1] as TestPerson
    file = (await warren('backup create', env)).out
    await team.say(ann, 'said after the backup')
  })

  const textsAt = async (asker: { get: TestPerson['get'] }): Promise<string[]> =>
    (await asker.get(`/api/chats/${team.tea}/messages`)).body.data.map(
      (one: { content: string }) => one.content,
    )

  test('is refused while a node runs, and without --yes over what is there; a dry run changes nothing', async () => {
    const running = await warren(`restore ${file} --yes`, env)
    expect(running.exit).toBe(4)
    expect(await textsAt(ann)).toContain('said after the backup')
    await team.node.stop()

    expect((await warren(`restore ${file}`, env)).exit).toBe(2)
    expect(await warren(`restore ${file} --dry-run`, env)).toMatchObject({ exit: 0 })

    const node = await startTestNode(env)
    expect(await textsAt(at(node, ann))).toContain('said after the backup')
    await node.stop()
  })

  test('takes history back to the backup, under a new epoch, and keeps the old database aside', async () => {
    const before = await startTestNode(env)
    const epochBefore = (await (await before.signIn('ann')).connect()).frames[0]?.data.epoch
    await before.stop()

    const said = await warren(`restore ${file} --yes`, env)

    expect(said).toMatchObject({ exit: 0 })
    expect(said.err).toContain('The old database is kept as')
    const node = await startTestNode(env)
    expect((await at(node, ann).get('/api/chats')).status).toBe(401)
    const again = await node.signIn('ann')
    expect(await textsAt(again)).not.toContain('said after the backup')
    const socket = await again.connect()
    expect(socket.frames[0]?.data.epoch).not.toBe(epochBefore)
    socket.close()
    await node.stop()
  })

  test('leaves people signed in only when that is asked for', async () => {
    const said = await warren(`restore ${file} --yes --keep-sessions`, env)

    expect(said.exit).toBe(0)
    const node = await startTestNode(env)
    expect((await at(node, ann).get('/api/chats')).status).toBe(200)
    await node.stop()
  })

  test('under another secret key it is refused, and what is there stays', async () => {
    const other = { ...env, WARREN_SECRET_KEY: 'another-key-that-only-tests-have-9876543210' }

    const said = await warren(`restore ${file} --yes`, other)

    expect(said.exit).toBe(3)
    expect(said.err).toContain('another secret key')
    const node = await startTestNode(env)
    expect((await at(node, ann).get('/api/chats')).status).toBe(200)
    await node.stop()
  })
})

test('the secrets come with the backup, and others that lie there are kept aside', async () => {
  const env = await onSqlite()
  const team = await startTeam(env)
  const { out: file } = await warren('backup create', env)
  await team.node.stop()
  const clean = { WARREN_DATA_DIR: newFolder() }
  const used = await onSqlite()
  await (await startTestNode(used)).stop()

  expect((await warren(`restore ${file}`, clean)).exit).toBe(0)
  expect((await warren(`restore ${file} --yes`, used)).exit).toBe(0)

  const key = (folder = '') => readFileSync(join(folder, 'secrets.toml'), 'utf8')
  expect(key(clean.WARREN_DATA_DIR)).toBe(key(env.WARREN_DATA_DIR))
  expect(key(used.WARREN_DATA_DIR)).toBe(key(env.WARREN_DATA_DIR))
  const aside = readdirSync(join(used.WARREN_DATA_DIR ?? '', 'snapshots'))
  expect(aside.map((name) => name.replace(/\d{4}.*Z/, 'TIME')).sort()).toEqual([
    'before-restore-TIME.db',
    'before-restore-TIME.secrets.toml',
  ])
  const node = await startTestNode(used)
  expect((await node.signIn('bo')).username).toBe('bo')
  await node.stop()
})

test('a damaged database is replaced, and kept with its log', async () => {
  const env = await onSqlite()
  const team = await startTeam(env)
  const { out: file } = await warren('backup create', env)
  await team.node.stop()
  const path = join(env.WARREN_DATA_DIR ?? '', 'warren.db')
  writeFileSync(path, 'this was a database')
  writeFileSync(`${path}-wal`, 'and this its log')

  expect((await warren(`restore ${file} --yes`, env)).exit).toBe(0)

  expect(existsSync(`${path}-wal`)).toBe(false)
  const node = await startTestNode(env)
  expect((await node.signIn('bo')).username).toBe('bo')
  await node.stop()
})

/** A backup of a database of this schema with an account in it. */
async function backupOf(schema: number, stated = schema): Promise<string> {
  const folder = newFolder()
  const path = `${folder}.db`
  rmSync(path, { force: true })
  const db = openSqlite(path)
  await migrate(db, { until: schema })
  await db.write(
    (
      sql,
    ) => sql`insert into users (id, email, username, full_name, role, authz_changed_at, created_at, updated_at)
      values ('u1', 'ann@example.org', 'ann', 'Ann', 'owner', 1, 1, 1)`,
  )
  await db.close()
  const source = openSqliteSource(path)
  const manifest = await describeSource(source)
  await writeArchive(`${folder}.tar.zst`, dump(source, { ...manifest, schema: stated }, null))
  await source.close()
  return `${folder}.tar.zst`
}

test('an older schema is brought up to date, a newer one is refused', async () => {
  const env = await onSqlite()
  const newest = listMigrations('sqlite').length

  const newer = await warren(`restore ${await backupOf(newest, newest + 1)}`, env)
  const older = await warren(`restore ${await backupOf(3)}`, env)

  expect(newer).toMatchObject({ exit: 5 })
  expect(newer.err).toContain('newer Warren')
  expect(older).toMatchObject({ exit: 0 })
  expect((await warren('migrate status', env)).out).toBe(`schema ${newest} of ${newest}`)
  expect((await warren('user list', env)).out).toContain('ann@example.org')
})
