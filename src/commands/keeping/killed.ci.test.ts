import { Database } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { keepSecretKeys } from '../../platform/secretsFile.ts'
import { furnish, type Person } from '../../../bench/warren.ts'
import { createPostgresDatabase } from '../../testing/databases.ts'
import { runAlone, serveAlone } from '../../testing/executable.ts'
import { askerAt, startTestNode } from '../../testing/node.ts'
import { notRun } from '../../testing/notRun.ts'
import { hasPostgres } from '../../testing/postgres.ts'
import { at, everythingOf, newHome, removeFolders, runTimed } from './scene.ts'

if (!hasPostgres) notRun('a move that is killed', 'no PostgreSQL 15')

afterAll(removeFolders)

const ROUNDS = 12
const MESSAGES = 20_000
/** Nobody is told to write less. */
const MANY = ['--limits-factor', '1000']

/** A folder with the executable and a database of some size; its people have tokens. */
async function aFurnishedFolder(
  messages = MESSAGES,
): Promise<{ folder: string; people: Person[]; chat: string }> {
  const folder = newHome()
  const filled = await furnish(join(folder, 'data'), async (into) => {
    const people = await into.addPeople(3)
    const chat = into.addChat('channel', people)
    into.addMessages(chat, messages)
    return { people, chat: chat.id as string }
  })
  return { folder, ...filled }
}

function isWhole(folder: string): boolean {
  const db = new Database(join(folder, 'data/warren.db'))
  const { integrity_check } = db.query('pragma integrity_check').get() as { integrity_check: string }
  db.close()
  return integrity_check === 'ok'
}

test(`a backup killed -9 at ${ROUNDS} moments under load leaves no half file, and the node as it was`, async () => {
  const { folder, people, chat } = await aFurnishedFolder()
  const { seconds } = await runTimed(folder, 'backup create')
  const serving = await serveAlone(folder, MANY)
  const ann = askerAt(serving.url, { authorization: `Bearer ${people[0]?.token}` })
  const acked: string[] = []
  let writing = true
  const writer = (async () => {
    while (writing) {
      const draft = { client_id: crypto.randomUUID(), content: `number ${acked.length}` }
      const { status, body } = await ann.post(`/api/chats/${chat}/messages`, draft)
      if (status === 201) acked.push(body.message.id)
    }
  })()

  for (let round = 0; round < ROUNDS; round++) {
    await runTimed(folder, 'backup create', Math.ceil((round / ROUNDS) * seconds * 1000))
  }
  writing = false
  await writer
  const last = await runTimed(folder, 'backup create')
  expect(await serving.stop('SIGTERM')).toBe(0)

  expect(acked.length).toBeGreaterThan(100)
  expect(last.code).toBe(0)
  expect(isWhole(folder)).toBe(true)
  const files = readdirSync(join(folder, 'data/backups')).filter((name) => name.endsWith('.tar.zst'))
  for (const file of files) {
    expect((await runAlone(folder, ['backup', 'verify', `data/backups/${file}`])).code).toBe(0)
  }
  const restored = newHome()
  expect((await runAlone(restored, ['restore', join(folder, last.out.trim())])).code).toBe(0)
  const db = new Database(join(restored, 'data/warren.db'))
  const found = new Set(db.query('select id from messages where chat_id = ?').values(chat).flat())
  db.close()
  expect(acked.filter((id) => !found.has(id))).toEqual([])
}, 120_000)

test(`a restore killed -9 at ${ROUNDS} moments leaves the old database or the new one`, async () => {
  const { folder, people } = await aFurnishedFolder()
  const { out } = await runTimed(folder, 'backup create')
  const restore = `restore ${out.trim()} --yes --keep-sessions`
  const before = await answersIn(folder, people)
  const { seconds } = await runTimed(folder, restore)

  for (let round = 0; round < ROUNDS; round++) {
    await runTimed(folder, restore, Math.ceil((round / ROUNDS) * seconds * 1000))
    expect(isWhole(folder)).toBe(true)
  }

  expect(await answersIn(folder, people)).toEqual(before)
}, 120_000)

test.if(hasPostgres)(
  `a restore on PostgreSQL killed -9 at ${ROUNDS} moments leaves the old tables or the new ones, and can be run again`,
  async () => {
    const { folder, people } = await aFurnishedFolder()
    const { out } = await runTimed(folder, 'backup create')
    const wanted = await answersIn(folder, people)
    const secretKey = keepSecretKeys(join(folder, 'data')).secretKey
    const place = async (name: string) => {
      const url = await createPostgresDatabase()
      await Bun.write(join(folder, name), `database_url = "${url}"\nsecret_key = "${secretKey}"\n`)
      return { WARREN_DATABASE_URL: url, WARREN_SECRET_KEY: secretKey, WARREN_AUTO_MIGRATE: 'true' }
    }
    const restore = `restore ${out.trim()} --yes --keep-sessions --config`
    await place('empty.toml')
    const { seconds } = await runTimed(folder, `${restore} empty.toml`)
    const env = await place('old.toml')
    const old = await startTestNode(env)
    await old.person('ann', 'owner')
    await old.stop()

    const ends: (number | null)[] = []
    const accounts: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const killedAfterMs = Math.ceil((round / ROUNDS) * seconds * 1000)
      ends.push((await runTimed(folder, `${restore} old.toml`, killedAfterMs)).code)
      accounts.push(await accountsOf(env))
    }
    // What it had told the server last may still be under way there.
    let last = await runTimed(folder, `${restore} old.toml`)
    while (last.code === 4) last = await runTimed(folder, `${restore} old.toml`)

    expect(ends).toContain(null)
    expect(accounts.filter((count) => count !== 1 && count !== people.length + 1)).toEqual([])
    expect(last.code).toBe(0)
    const node = await startTestNode(env)
    expect(await Promise.all(people.map((one) => everythingOf(at(node, one))))).toEqual(wanted)
    await node.stop()
  },
  180_000,
)

test.if(hasPostgres)(
  `a move killed -9 at ${ROUNDS} moments goes on to its end, and the source stays whole`,
  async () => {
    const { folder, people } = await aFurnishedFolder()
    const before = await answersIn(folder, people)
    const to = `move --to ${await createPostgresDatabase()}`
    const copied: string[] = []

    let done = false
    for (let round = 1; !done; round++) {
      const ran = await runTimed(folder, `${to} --resume`, round > ROUNDS ? undefined : round * 80)
      expect(isWhole(folder)).toBe(true)
      copied.push(...(ran.err.match(/Copied \d+/) ?? []))
      // 3: the round before was killed after its last line.
      done = ran.code === 0 || ran.code === 3
      expect(round).toBeLessThanOrEqual(ROUNDS + 1)
    }

    expect(copied.length).toBeGreaterThan(0)
    const key = /"([0-9a-f]{64})"/.exec(await Bun.file(join(folder, 'data/secrets.toml')).text())?.[1] ?? ''
    const moved = { WARREN_DATABASE_URL: to.slice(10), WARREN_SECRET_KEY: key, WARREN_AUTO_MIGRATE: 'true' }
    const node = await startTestNode(moved)
    expect(await Promise.all(people.map((one) => everythingOf(at(node, one))))).toEqual(before)
    await node.stop()
  },
  120_000,
)

test.if(hasPostgres)(
  'a node that is killed while its database is moved writes again, and the move begins anew',
  async () => {
    const { folder, people, chat } = await aFurnishedFolder(5 * MESSAGES)
    const url = await createPostgresDatabase()
    const serving = await serveAlone(folder, MANY)
    const moving = runTimed(folder, `move --to ${url}`)
    const ann = askerAt(serving.url, { authorization: `Bearer ${people[0]?.token}` })
    const say = (asker: typeof ann) =>
      asker.post(`/api/chats/${chat}/messages`, { client_id: crypto.randomUUID(), content: 'hello' })
    while ((await say(ann)).status !== 503);
    await serving.stop('SIGKILL')

    const cut = await moving
    const again = await serveAlone(folder, MANY)
    const sent = await say(askerAt(again.url, { authorization: `Bearer ${people[0]?.token}` }))
    const resumed = await runTimed(folder, `move --to ${url} --resume`)

    expect(cut.code).not.toBe(0)
    expect(sent.status).toBe(201)
    expect(resumed).toMatchObject({ code: 0 })
    await again.stop('SIGTERM')
  },
  120_000,
)

/** What the API of the SQLite database in the folder answers everybody. */
async function answersIn(folder: string, people: Person[]): Promise<unknown[]> {
  const node = await startTestNode({ WARREN_DATA_DIR: join(folder, 'data') })
  const all = await Promise.all(people.map((one) => everythingOf(at(node, one))))
  await node.stop()
  return all
}

async function accountsOf(env: Record<string, string>): Promise<number> {
  const node = await startTestNode(env)
  const rows = await node.node.app.db.read`select id from users`
  await node.stop()
  return rows.length
}
