import { Database } from 'bun:sqlite'
import { afterAll, beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { listMigrations } from '../platform/db/migrate.ts'
import { openSqliteSource } from '../platform/keeping/source.sqlite.ts'
import { tablesOf } from '../platform/keeping/tables.ts'
import { loadConfig } from '../config.ts'
import { createPostgresDatabase } from '../testing/databases.ts'
import { startTestNode } from '../testing/node.ts'
import { notRun } from '../testing/notRun.ts'
import { hasPostgres } from '../testing/postgres.ts'
import { copyTables } from './keeping/copy.ts'
import { type Moving, openTarget } from './keeping/destination.ts'
import { takeHold } from './keeping/holder.ts'
import {
  at,
  everythingOf,
  onSqlite,
  removeFolders,
  SECRET_KEY,
  type Settings,
  startTeam,
  type Team,
  warren,
} from './keeping/scene.ts'

if (!hasPostgres) notRun('resuming a move', 'no PostgreSQL 15')

afterAll(removeFolders)

const MANY = 5000

let env: Settings
let people: Team['people']
let moving: Moving

beforeEach(async () => {
  env = { ...(await onSqlite()), WARREN_SECRET_KEY: SECRET_KEY }
  const team = await startTeam(env)
  people = team.people
  await team.node.stop()
  const path = join(env.WARREN_DATA_DIR ?? '', 'warren.db')
  addMessages(path, team.tea)
  moving = {
    path,
    url: hasPostgres ? await createPostgresDatabase() : '',
    version: listMigrations('sqlite').length,
  }
})

function addMessages(path: string, chat: string): void {
  const db = new Database(path)
  db.run(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${MANY})
    insert into messages (id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content, created_at)
    select printf('01a21000-0000-7000-8000-%012d', i), id, last_seq + i, rev + i, created_by, printf('01a21000-0000-7000-9000-%012d', i), 'x', 'text', 'number ' || i, 1 from n, chats where id = ?`,
    [chat],
  )
  db.run(`update chats set last_seq = last_seq + ${MANY}, rev = rev + ${MANY} where id = ?`, [chat])
  db.close()
}

/** Copies until some messages are over, and is gone without a word. */
async function copySome(): Promise<void> {
  const holder = await takeHold(loadConfig({ env }).config, moving.path, null)
  const target = await openTarget(moving, holder.token)
  const source = openSqliteSource(moving.path)
  let batches = 0
  const tables = tablesOf(moving.version)
  const gone = new Error('gone')
  const copying = copyTables(source, target, {
    tables,
    during: () => {
      if (++batches === tables.length) throw gone
    },
  })
  expect(await copying.catch((error) => error)).toBe(gone)
  await source.close()
  await target.close()
  await holder.close()
}

async function answersAt(settings: Settings): Promise<unknown> {
  const node = await startTestNode(settings)
  const all = await Promise.all(people.map((person) => everythingOf(at(node, person))))
  await node.stop()
  return all
}

const moved = () => ({ WARREN_DATABASE_URL: moving.url, WARREN_SECRET_KEY: SECRET_KEY })

const rowsCopied = (err: string): number => Number(/Copied (\d+) rows/.exec(err)?.[1])

test.if(hasPostgres)('a move that was cut short goes on where it was, and not by mistake', async () => {
  await copySome()

  const unasked = await warren(`move --to ${moving.url}`, env)
  const resumed = await warren(`move --to ${moving.url} --resume`, env)

  expect(unasked).toMatchObject({ exit: 1 })
  expect(resumed).toMatchObject({ exit: 0 })
  expect(rowsCopied(resumed.err)).toBeLessThan(MANY)
  const there = await answersAt(moved())
  await warren('move --undo --yes', env)
  expect(there).toEqual(await answersAt(env))
})

test.if(hasPostgres)('the engine knows what it holds from the first question on', async () => {
  const { default: connect } = await import('postgres')
  await warren(`move --to ${moving.url}`, env)

  const sql = connect(moving.url, { max: 1 })
  const [row] = await sql.unsafe("select reltuples from pg_class where oid = 'public.messages'::regclass")
  await sql.end()

  expect(Number(row?.reltuples)).toBeGreaterThan(MANY)
})

test.if(hasPostgres)('when somebody wrote meanwhile, the copy is begun anew', async () => {
  await copySome()
  const node = await startTestNode(env)
  await at(node, people[0]!).put('/api/users/me', {
    full_name: 'Written meanwhile',
    phone_number: '',
    bio: '',
    status_text: '',
    status_emoji: '',
    locale: null,
  })
  await node.stop()

  const resumed = await warren(`move --to ${moving.url} --resume`, env)

  expect(rowsCopied(resumed.err)).toBeGreaterThan(MANY)
  const there = await answersAt(moved())
  await warren('move --undo --yes', env)
  expect(there).toEqual(await answersAt(env))
})

test.if(hasPostgres)(
  'a copy that is not the same is not put in place, and the source is served on',
  async () => {
    const { default: connect } = await import('postgres')
    await copySome()
    const sql = connect(moving.url, { max: 1 })
    await sql.unsafe("update warren_moving.messages set content = 'forged' where seq = 1")
    await sql.end()

    const resumed = await warren(`move --to ${moving.url} --resume`, env)

    expect(resumed).toMatchObject({ exit: 1, out: '' })
    expect(resumed.err).toContain('messages has')
    expect(await answersAt(env)).toBeDefined()
  },
)
