import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { startTestNode, type TestPerson } from '../testing/node.ts'
import { notRun } from '../testing/notRun.ts'
import { hasPostgres } from '../testing/postgres.ts'
import {
  at,
  ENGINES,
  everythingOf,
  newFolder,
  onSqlite,
  removeFolders,
  SECRET_KEY,
  type Settings,
  startTeam,
  type Team,
  warren,
} from './keeping/scene.ts'

if (!hasPostgres) notRun('backups of PostgreSQL', 'no PostgreSQL 15')

afterAll(removeFolders)

describe.each(ENGINES)('a backup on %s', (_, settings) => {
  let env: Settings
  let team: Team

  beforeAll(async () => {
    env = { ...(await settings()), WARREN_SECRET_KEY: SECRET_KEY }
    team = await startTeam(env)
  })
  afterAll(() => team.node.stop())

  test('is made while everybody writes, and holds what was acknowledged before it began', async () => {
    const [, ann] = team.people as [TestPerson, TestPerson]
    const acked: string[] = []
    let writing = true
    const write = async (): Promise<void> => {
      while (writing) acked.push((await team.say(ann, `number ${acked.length}`)).id)
    }
    const writers = Promise.all([write(), write(), write()])
    while (acked.length < 50) await team.say(ann, 'more')

    const before = [...acked]
    const said = await warren('backup create --json', env)
    writing = false
    await writers

    expect(said.exit).toBe(0)
    const { file, manifest } = JSON.parse(said.out)
    expect(acked.length).toBeGreaterThan(before.length)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(manifest).toMatchObject({ format: 1, dialect: env.WARREN_DATABASE_URL ? 'postgres' : 'sqlite' })
    expect((await warren(`backup verify ${file}`, env)).exit).toBe(0)
    const elsewhere = { WARREN_DATA_DIR: newFolder(), WARREN_SECRET_KEY: SECRET_KEY }
    expect(await warren(`restore ${file} --keep-sessions`, elsewhere)).toMatchObject({ exit: 0 })
    const restored = await startTestNode(elsewhere)
    for (const id of before) {
      expect((await at(restored, ann).get(`/api/chats/messages/${id}`)).status).toBe(200)
    }
    await restored.stop()
  })

  test('restores to what the API answered, on either engine', async () => {
    const before = await Promise.all(team.people.map(everythingOf))
    const { out: file } = await warren('backup create', env)

    for (const [, other] of ENGINES) {
      const elsewhere = { ...(await other()), WARREN_SECRET_KEY: SECRET_KEY }
      expect(await warren(`restore ${file} --keep-sessions`, elsewhere)).toMatchObject({ exit: 0 })
      const restored = await startTestNode(elsewhere)
      expect(await Promise.all(team.people.map((one) => everythingOf(at(restored, one))))).toEqual(before)
      await restored.stop()
    }
  })
})

describe('a file of a backup', () => {
  let env: Settings
  let file: string

  beforeAll(async () => {
    env = await onSqlite()
    const team = await startTeam(env)
    await team.node.stop()
    file = (await warren('backup create', env)).out
  })

  const copy = (name: string, change: (bytes: Uint8Array) => Uint8Array): string => {
    const path = join(env.WARREN_DATA_DIR ?? '', name)
    writeFileSync(path, change(new Uint8Array(readFileSync(file))))
    return path
  }

  test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['is cut off', (bytes) => bytes.slice(0, -100)],
    ['is cut in half', (bytes) => bytes.slice(0, bytes.length / 2)],
    ['has one wrong bit', (bytes) => bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 4 : byte))],
    ['is empty', () => new Uint8Array()],
    ['is something else', () => new TextEncoder().encode('hello'.repeat(1000))],
  ])('that %s is no backup: nothing is restored from it', async (_, change) => {
    const damaged = copy('damaged.tar.zst', change)
    const clean = { WARREN_DATA_DIR: newFolder() }

    const verified = await warren(`backup verify ${damaged}`, env)
    const restored = await warren(`restore ${damaged}`, clean)

    expect([verified.exit, restored.exit]).toEqual([1, 1])
    expect(verified.err).not.toContain('This is a bug')
    expect(existsSync(join(clean.WARREN_DATA_DIR, 'warren.db'))).toBe(false)
  })

  test('is never written over, and never there by half', async () => {
    const again = await warren(`backup create -o ${file}`, env)
    const nowhere = await warren(`backup create -o ${newFolder()}/x.tar.zst`, env)

    expect(again).toMatchObject({ exit: 1 })
    expect(again.err).toContain('is there already')
    expect(nowhere.exit).toBe(1)
    expect(nowhere.err).toContain('Is its folder there')
    expect(readdirSync(join(file, '..')).filter((name) => name.endsWith('.partial'))).toEqual([])
  })

  test('is listed with what is in it; those that are too many go, when that is meant', async () => {
    const folder = newFolder()
    const backups = join(folder, 'backups')
    mkdirSync(backups, { recursive: true })
    for (const day of [1, 2, 3])
      copyFileSync(file, join(backups, `warren-2026-11-0${day}T00-00-00-000Z.tar.zst`))
    writeFileSync(join(backups, 'warren-2026-11-04T00-00-00-000Z.tar.zst'), 'nonsense')
    writeFileSync(join(backups, 'warren-old.tar.zst.partial'), '')
    utimesSync(join(backups, 'warren-old.tar.zst.partial'), 1, 1)
    writeFileSync(join(backups, 'warren-new.tar.zst.partial'), '')
    const place = { WARREN_DATA_DIR: folder }

    const listed = JSON.parse((await warren('backup list --json', place)).out)
    const dry = await warren('backup prune --keep 2 --dry-run', place)
    const unsure = await warren('backup prune --keep 2', place)
    const pruned = await warren('backup prune --keep 2 --yes', place)

    expect(listed.map(({ manifest }: { manifest: object | null }) => manifest !== null)).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect([dry.exit, unsure.exit, pruned.exit]).toEqual([0, 2, 0])
    expect(readdirSync(backups).sort()).toEqual([
      'warren-2026-11-03T00-00-00-000Z.tar.zst',
      'warren-2026-11-04T00-00-00-000Z.tar.zst',
      'warren-new.tar.zst.partial',
    ])
  })

  test('needs a database: an empty folder has nothing to keep', async () => {
    const said = await warren('backup create', { WARREN_DATA_DIR: newFolder() })

    expect(said.exit).toBe(4)
    expect(said.err).toContain('There is no database')
  })
})
