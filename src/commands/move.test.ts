import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { askAdmin } from '../platform/adminSocket.ts'
import { createPostgresDatabase } from '../testing/databases.ts'
import { PASSWORD, startTestNode, type TestNode } from '../testing/node.ts'
import { notRun } from '../testing/notRun.ts'
import { hasPostgres } from '../testing/postgres.ts'
import { openVisitor } from '../testing/visitor.ts'
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

if (!hasPostgres) notRun('move to PostgreSQL', 'no PostgreSQL 15')

afterAll(removeFolders)

let env: Settings
let team: Team

beforeAll(async () => {
  env = await onSqlite()
  team = await startTeam(env)
})
afterAll(() => team.node.stop())

const folder = () => env.WARREN_DATA_DIR ?? ''

/** A node on the database that it was moved to. */
async function startMoved(url: string): Promise<TestNode> {
  const key = readFileSync(join(folder(), 'key.txt'), 'utf8').trim()
  return startTestNode({ WARREN_DATABASE_URL: url, WARREN_SECRET_KEY: key, WARREN_AUTO_MIGRATE: 'true' })
}

test('while a move goes on a node reads, keeps its sockets and refuses writes for a while', async () => {
  const [ada, ann] = team.people as [Team['people'][0], Team['people'][0]]
  const socket = await ann.connect()

  const { token } = (await askAdmin(folder(), 'begin_move', {})) as { token: string }
  const refused = await ann.post(`/api/chats/${team.tea}/messages`, {
    client_id: crypto.randomUUID(),
    content: 'not now',
  })

  const door = await openVisitor(team.node.url).post('/login', {
    email: 'ada@example.org',
    password: PASSWORD,
  })

  expect([door.status, door.html]).toEqual([503, expect.stringContaining('Warren is moving')])
  expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable', reason: 'moving' } })
  expect(refused.headers.get('retry-after')).toBe('10')
  expect((await ada.get(`/api/chats/${team.tea}/messages`)).status).toBe(200)
  expect(await socket.ping()).toBeGreaterThan(0)
  await askAdmin(folder(), 'keep_move', { token })
  await askAdmin(folder(), 'end_move', {})
  expect((await team.say(ann, 'now')).status).toBe(201)
  expect((await socket.next('new_message')).data.content).toBe('now')
  socket.close()
})

test.if(hasPostgres)('a dry run changes neither side', async () => {
  const url = await createPostgresDatabase()

  const said = await warren(`move --to ${url} --dry-run`, env)

  expect(said).toMatchObject({ exit: 0, out: '' })
  expect(said.err).toContain('3 accounts and')
  expect((await team.say(team.people[0]!, 'still here')).status).toBe(201)
})

test.if(hasPostgres)(
  'the API answers everybody the same before and after a move, by the same tokens',
  async () => {
    const url = await createPostgresDatabase()
    const before = await Promise.all(team.people.map(everythingOf))

    const said = await warren(`move --to ${url} --secret-key-file ${join(folder(), 'key.txt')}`, env)

    expect(said).toMatchObject({ exit: 0 })
    expect(said.out).toBe(`WARREN_DATABASE_URL=${url}\nWARREN_SECRET_KEY_FILE=${join(folder(), 'key.txt')}`)
    expect(statSync(join(folder(), 'key.txt')).mode & 0o777).toBe(0o600)
    const moved = await startMoved(url)
    const after = await Promise.all(team.people.map((person) => everythingOf(at(moved, person))))
    expect(after).toEqual(before)
    expect(
      (
        await at(moved, team.people[1]!).post(`/api/chats/${team.tea}/messages`, {
          client_id: crypto.randomUUID(),
          content: 'over here',
        })
      ).status,
    ).toBe(201)
    await moved.stop()

    expect(await team.say(team.people[0]!, 'over there')).toMatchObject({ status: 503 })
    expect(await warren(`move --to ${await createPostgresDatabase()}`, env)).toMatchObject({ exit: 3 })
  },
)

test.if(hasPostgres)(
  'what was moved is not served again by mistake, only when it is taken back',
  async () => {
    await team.node.stop()

    const refused = await warren('serve', env)
    const unsure = await warren('move --undo', env)

    expect(refused.exit).toBe(3)
    expect(refused.err).toContain('This database was moved to postgres://warren@127.0.0.1')
    expect(unsure.exit).toBe(2)
    expect((await warren('migrate up', env)).exit).toBe(3)
    expect((await warren('serve --check', env)).err).toContain('it was moved to postgres://')
    expect((await warren('move --undo --yes', env)).exit).toBe(0)
    team.node = await startTestNode(env)
    expect((await at(team.node, team.people[0]!).get('/api/chats')).status).toBe(200)
    expect(existsSync(join(folder(), 'warren.db'))).toBe(true)
  },
)

test.if(hasPostgres)('a database with a Warren in it is not moved into, and the node writes on', async () => {
  const url = await createPostgresDatabase()
  const other = await startTestNode({
    WARREN_DATABASE_URL: url,
    WARREN_SECRET_KEY: SECRET_KEY,
    WARREN_AUTO_MIGRATE: 'true',
  })

  const connected = await warren(`move --to ${url}`, env)
  await other.stop()
  const taken = await warren(`move --to ${url} --resume`, env)

  expect(connected.exit).toBe(4)
  expect(taken).toMatchObject({ exit: 1 })
  expect(taken.err).toContain('there is a Warren in that database already')
  const [ann] = [team.people[1]!]
  const sent = await at(team.node, ann).post(`/api/chats/${team.tea}/messages`, {
    client_id: crypto.randomUUID(),
    content: 'we stay',
  })
  expect(sent.status).toBe(201)
})
