import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeArchive } from '../platform/keeping/archive.ts'
import { dump } from '../platform/keeping/dump.ts'
import { createLog } from '../platform/log.ts'
import { keepSecretKeys, newSecretKey, replaceSecretKeys } from '../platform/secretsFile.ts'
import { beginRotation } from '../platform/secretsRotation.ts'
import { loadConfig } from '../config.ts'
import { withoutNode } from './admin/offline.ts'
import { describe, openSource } from './keeping/installation.ts'
import {
  newFolder,
  onSqlite,
  removeFolders,
  SECRET_KEY,
  type Settings,
  startTeam,
  warren,
} from './keeping/scene.ts'

let env: Settings
let dataDir: string

beforeAll(async () => {
  env = await onSqlite()
  dataDir = env.WARREN_DATA_DIR ?? ''
  const team = await startTeam(env)
  await team.node.stop()
})
afterAll(removeFolders)

const secretsFile = () => join(dataDir, 'secrets.toml')

/** A backup as it would be if its secrets had been read at another moment than its rows. */
async function backupWith(secrets: Uint8Array): Promise<string> {
  const file = `${newFolder()}.tar.zst`
  const source = await openSource(loadConfig({ env }).config)
  await writeArchive(file, dump(source, await describe(source), secrets))
  await source.close()
  return file
}

test('a backup is not made with secrets that do not open it', async () => {
  const right = readFileSync(secretsFile())
  replaceSecretKeys(dataDir, { secretKey: newSecretKey(), previous: null })

  const said = await warren('backup create', env)

  writeFileSync(secretsFile(), right)
  expect(said).toMatchObject({ exit: 3, out: '' })
  expect(said.err).toMatch(
    /This backup was made under another secret key \([0-9a-f]{16}\).*make the backup again/,
  )
})

test('one that was made so is not called whole, and says what it needs', async () => {
  const right = readFileSync(secretsFile(), 'utf8')
  const another = right.replace(/[0-9a-f]{64}/, newSecretKey())

  const wrong = await warren(`backup verify ${await backupWith(Buffer.from(another))}`, env)
  const none = await warren(`backup verify ${await backupWith(Buffer.from('hello'))}`, env)
  const fine = await warren(`backup verify ${await backupWith(Buffer.from(right))}`, {})

  expect(wrong.exit).toBe(3)
  expect(wrong.err).toMatch(
    /This backup was made under another secret key .* Set WARREN_SECRET_KEY to the key/,
  )
  expect(none).toMatchObject({
    exit: 1,
    err: expect.stringContaining('Its secrets.toml holds no secret_key.'),
  })
  expect(fine).toMatchObject({ exit: 0, err: expect.stringContaining('It is whole') })
})

test('in the middle of a rotation both keys are needed', async () => {
  const before = readFileSync(secretsFile())
  await withoutNode(loadConfig({ env }).config, ({ db, secrets }) =>
    beginRotation({ db, secrets, log: createLog('silent') }, dataDir),
  )
  const { secretKey } = keepSecretKeys(dataDir)
  const half = Buffer.from(`secret_key = "${secretKey}"\n`)

  const made = await warren('backup create', env)
  const answers = [
    await warren(`backup verify ${made.out}`, env),
    await warren(`backup verify ${await backupWith(before)}`, env),
    await warren(`backup verify ${await backupWith(half)}`, env),
    await warren(`restore ${await backupWith(before)}`, { WARREN_DATA_DIR: newFolder() }),
    await warren(`restore ${made.out}`, { WARREN_DATA_DIR: newFolder() }),
  ]

  expect(answers.map(({ exit }) => exit)).toEqual([0, 3, 3, 3, 0])
})

test('one without secrets says which key it wants, and whether that is set', async () => {
  const both = { ...env, WARREN_DATA_DIR: newFolder(), WARREN_SECRET_KEY: SECRET_KEY }
  const team = await startTeam(both)
  await team.node.stop()
  const { out: file } = await warren('backup create', both)

  const here = await warren(`backup verify ${file}`, both)
  const elsewhere = await warren(`backup verify ${file}`, {})

  expect([here.exit, elsewhere.exit]).toEqual([0, 0])
  expect(here.err).toMatch(/Its secret key \([0-9a-f]{16}\) is not in it: the one that is set here/)
  expect(elsewhere.err).toContain('not one that is set here. Nothing is restored without it.')
})
