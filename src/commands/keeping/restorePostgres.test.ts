import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connectForKeeping } from '../../platform/keeping/source.postgres.ts'
import { type Config, loadConfig } from '../../config.ts'
import { startTestNode } from '../../testing/node.ts'
import { notRun } from '../../testing/notRun.ts'
import { hasPostgres } from '../../testing/postgres.ts'
import { type Opened, openBackup } from './rebuild.ts'
import { fillBeside, restorePostgres } from './restorePostgres.ts'
import { onPostgres, onSqlite, removeFolders, SECRET_KEY, type Settings, startTeam, warren } from './scene.ts'

if (!hasPostgres) notRun('a restore on PostgreSQL that is interrupted', 'no PostgreSQL 15')

let file: string

beforeAll(async () => {
  const kept = { ...(await onSqlite()), WARREN_SECRET_KEY: SECRET_KEY }
  await (await startTeam(kept)).node.stop()
  file = (await warren('backup create', kept)).out
})
afterAll(removeFolders)

const WANTED = ['ada', 'ann', 'bo']

async function accountsOf(env: Settings): Promise<string[]> {
  const node = await startTestNode(env)
  const rows = await node.node.app.db.read<{ username: string }>`select username from users order by username`
  await node.stop()
  return rows.map(({ username }) => username)
}

type Interrupt = (config: Config, env: Settings) => Promise<unknown>

class Killed extends Error {}

/** The backup as it is read by somebody who dies after so many of its parts. */
async function cutAfter(count: number): Promise<Opened> {
  const { manifest, rest } = await openBackup(file)
  async function* some() {
    let number = 0
    for await (const part of rest) {
      if (number++ === count) throw new Killed()
      yield part
    }
  }
  return { manifest, rest: some() }
}

/** The server ends the connection that waits to put tables in place. */
async function killPublishing<T>({ databaseUrl }: Config, publish: () => Promise<T>): Promise<T> {
  const other = await connectForKeeping(databaseUrl)
  const watch = await connectForKeeping(databaseUrl)
  await other.unsafe('begin')
  await other.unsafe('select count(*) from users')
  const published = publish()
  for (let killed = 0; killed === 0; ) {
    const rows = await watch.unsafe(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like 'alter table%'`)
    killed = rows.length
  }
  const said = await published
  await other.end()
  await watch.end()
  return said
}

describe.if(hasPostgres)('a restore on PostgreSQL that is interrupted', () => {
  const moments: [string, Interrupt][] = [
    ...[0, 1, 5, 10].map((count): [string, Interrupt] => [
      `after ${count} parts`,
      async (config) => {
        const cut = fillBeside(await cutAfter(count), { config, keepsSessions: false })
        await expect(cut).rejects.toBeInstanceOf(Killed)
      },
    ]),
    [
      'before its tables are put in place',
      async (config) => (await fillBeside(await openBackup(file), { config, keepsSessions: false })).close(),
    ],
    [
      'while they are put in place',
      async (config, env) => {
        const said = await killPublishing(config, () => warren(`restore ${file} --yes`, env))
        expect(said).toMatchObject({ exit: 4, err: expect.stringContaining('run this again') })
      },
    ],
  ]

  test.each(moments)('%s leaves what was there, and can be run again', async (_, interrupt) => {
    const env = await onPostgres()
    const node = await startTestNode(env)
    await node.person('old-ann', 'owner')
    await node.stop()

    await interrupt(loadConfig({ env }).config, env)
    const meanwhile = await accountsOf(env)
    const again = await warren(`restore ${file} --yes`, env)

    expect(meanwhile).toEqual(['old-ann'])
    expect(again).toMatchObject({ exit: 0 })
    expect(await accountsOf(env)).toEqual(WANTED)
  })

  test('at its very end leaves the new tables, and can be run again', async () => {
    const env = await onPostgres()
    await restorePostgres(await openBackup(file), {
      config: loadConfig({ env }).config,
      keepsSessions: false,
    })

    const meanwhile = await accountsOf(env)
    const again = await warren(`restore ${file} --yes`, env)

    expect(meanwhile).toEqual(WANTED)
    expect(again).toMatchObject({ exit: 0 })
    expect(await accountsOf(env)).toEqual(WANTED)
  })
})
