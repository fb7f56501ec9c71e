import { describe, expect, test } from 'bun:test'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '../platform/context.ts'
import { createJobs } from '../platform/jobs/jobs.ts'
import { createSecrets, sealedUnder } from '../platform/secrets.ts'
import { keepSecretKeys, newSecretKey, replaceSecretKeys } from '../platform/secretsFile.ts'
import { readKeyState, requireSameKey } from '../platform/secretsGuard.ts'
import { beginRotation, finishRotation, resealSome } from '../platform/secretsRotation.ts'
import { authenticate, findWho, refresh, updateProfile } from '../accounts/index.ts'
import { personToWire } from '../accounts/present.ts'
import { loadConfig } from '../config.ts'
import { allSealed } from '../rooms.ts'
import { addPerson, openTestApp } from '../testing/app.ts'
import { enrol, signIn } from '../testing/cast.ts'
import { engines } from '../testing/engines.ts'
import { withoutNode } from './admin/offline.ts'
import { type CommandLine, openCommandLine } from './commandLine.ts'

const OLD = 'a-secret-key-that-only-tests-have-0123456789'
const NEW = 'the-key-that-takes-its-place-in-tests-987654'
const WRONG = 'a-key-that-no-node-of-ours-has-ever-had-1212'
const oldKey = createSecrets(OLD).fingerprint
const newKey = createSecrets(NEW).fingerprint

/** Another node on the same database, with keys of its own. */
async function startNode(app: App, secretKey: string, previous: string | null = null): Promise<App> {
  const secrets = createSecrets(secretKey, previous)
  await requireSameKey(app.db, secrets)
  const jobs = createJobs({ clock: app.clock, secrets, poke: () => {} })
  return { ...app, db: { ...app.db }, secrets, jobs }
}

/** All that is sealed, whatever column of whatever table it is in, by the key that it is under. */
async function keysInUse({ db }: App): Promise<Record<string, number>> {
  const rows = [
    ...(await db.read<object>`select * from users`),
    ...(await db.read<object>`select * from jobs`),
    ...(await db.read<object>`select * from signing_keys`),
    ...(await db.read<object>`select * from settings`),
    ...(await db.read<object>`select * from invites`),
    ...(await db.read<object>`select * from sessions`),
    ...(await db.read<object>`select * from refresh_tokens`),
    ...(await db.read<object>`select * from one_time_tokens`),
    ...(await db.read<object>`select * from chats`),
    ...(await db.read<object>`select * from messages`),
  ]
  const counts: Record<string, number> = {}
  for (const value of rows.flatMap((row) => Object.values(row))) {
    const key = typeof value === 'string' ? sealedUnder(value) : null
    if (key !== null) counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

async function resealAll(app: App): Promise<number> {
  let resealed = 0
  for (let next = await resealSome(app, allSealed, null); ; ) {
    resealed += next.resealed
    if (next.next === null) return resealed
    next = await resealSome(app, allSealed, next.next)
  }
}

const enqueue = (app: App, link: string) =>
  app.db.write((sql) => app.jobs.enqueue(sql, { kind: 'mail', payload: { link } }))

const phoneOf = async (app: App, who: string) => {
  const person = await personToWire(app, await findWho(app, who), { role: 'owner' })
  return 'phone_number' in person ? person.phone_number : null
}

describe.each(engines)('replacing the secret key on %s', (_, fresh) => {
  const start = async () => {
    const { app, close } = await openTestApp(fresh())
    await requireSameKey(app.db, app.secrets)
    const user = await enrol(app, 'ann')
    const ann = await signIn(app, user)
    await updateProfile(app, user.id, { phone_number: '+1' })
    await enqueue(app, 'old')
    return { app, ann, close }
  }

  test('two nodes go on while it happens, nothing is left under the old key, nobody is signed out (S-49)', async () => {
    const { app, ann, close } = await start()
    const one = await startNode(app, NEW, OLD)
    const two = await startNode(app, NEW, OLD)
    await enqueue(two, 'of a node that knows both, while another knows the old one alone')
    expect(Object.keys(await keysInUse(app))).toEqual([oldKey])

    await beginRotation(one, null)
    await enqueue(two, 'sealed before it was noticed')
    expect(await resealAll(one)).toBeGreaterThan(0)
    await enqueue(two, 'sealed behind its back')
    await requireSameKey(two.db, two.secrets)
    await enqueue(two, 'sealed with the new key')
    while ((await resealAll(one)) > 0);
    await finishRotation(one, null)

    const after = await startNode(app, NEW)
    expect(Object.keys(await keysInUse(app))).toEqual([newKey])
    expect(await phoneOf(after, 'ann')).toBe('+1')
    expect(await authenticate(after, ann.accessToken)).toMatchObject({ id: ann.sessionId })
    expect((await refresh(after, ann.refreshToken)).sessionId).toBe(ann.sessionId)
    expect(await readKeyState(app.db.read)).toEqual({ kept: newKey, next: null })
    await close()
  })

  test('a renewal whose answer was lost is repeated on a node with the other key (S-03)', async () => {
    const { app, ann, close } = await start()
    const one = await startNode(app, NEW, OLD)
    const first = await refresh(one, ann.refreshToken)

    await beginRotation(one, null)
    const again = await refresh(one, ann.refreshToken)

    expect(again.refreshToken).toBe(first.refreshToken)
    await close()
  })

  test('killed at any row it goes on from the beginning, and all of it can be read meanwhile', async () => {
    const { app, close } = await start()
    for (let at = 0; at < 250; at++) {
      const id = await addPerson(app, `p${at}`)
      await updateProfile(app, id, { phone_number: `+${at}` })
    }
    const killed = await startNode(app, NEW, OLD)
    await beginRotation(killed, null)
    let place = null as Awaited<ReturnType<typeof resealSome>>['next']
    while (((await keysInUse(app))[newKey] ?? 0) < 100) {
      place = (await resealSome(killed, allSealed, place, 0.01)).next
    }
    expect((await keysInUse(app))[oldKey]).toBeGreaterThan(50)

    const restarted = await startNode(app, NEW, OLD)
    expect(await phoneOf(restarted, 'p0')).toBe('+0')
    expect(await phoneOf(restarted, 'p249')).toBe('+249')
    await beginRotation(restarted, null)
    while ((await resealAll(restarted)) > 0);
    await finishRotation(restarted, null)

    expect(Object.keys(await keysInUse(app))).toEqual([newKey])
    expect(await phoneOf(await startNode(app, NEW), 'p249')).toBe('+249')
    await close()
  })

  test('a node that lacks a key is sent away with words: before, meanwhile and after', async () => {
    const { app, close } = await start()
    const refused = (secretKey: string, previous: string | null = null) =>
      startNode(app, secretKey, previous).then(
        () => 'started',
        (error: { exit: number; message: string }) => `${error.exit} ${error.message}`,
      )

    expect(await refused(NEW)).toMatch(/^3 .*first used with another secret key.*WARREN_SECRET_KEY_PREVIOUS/)
    expect(await refused(NEW, WRONG)).toMatch(/^3 .*first used with another secret key/)
    const node = await startNode(app, NEW, OLD)
    await beginRotation(node, null)
    expect(await refused(OLD)).toMatch(
      new RegExp(`^3 .*is being replaced .* lacks ${newKey}.*_PREVIOUS to the old`),
    )
    expect(await refused(NEW)).toMatch(new RegExp(`^3 .*is being replaced .* lacks ${oldKey}`))
    expect(await refused(NEW, WRONG)).toMatch(/^3 .*is being replaced/)
    while ((await resealAll(node)) > 0);
    await finishRotation(node, null)
    expect(await refused(OLD)).toMatch(/^3 .*first used with another secret key/)
    expect(await refused(NEW)).toBe('started')
    await close()
  })

  test('when the key is lost sessions can be renewed, and what was sealed with it is gone', async () => {
    const { app, ann, close } = await start()
    await app.db.write((sql) => sql`delete from settings where name = 'secret_fingerprint'`)

    const node = await startNode(app, NEW)

    expect(await authenticate(node, ann.accessToken)).toBeNull()
    const again = await refresh(node, ann.refreshToken)
    expect(await authenticate(node, again.accessToken)).toMatchObject({ userId: ann.user.id })
    expect(await phoneOf(node, 'ann')).toBeNull()
    await updateProfile(node, ann.user.id, { phone_number: '+2' })
    expect(await phoneOf(node, 'ann')).toBe('+2')
    await close()
  })

  test('what is under a key that nobody gave stays as it is, and is counted', async () => {
    const { app, close } = await start()
    const { id } = await enrol(app, 'bo')
    const lost = createSecrets(WRONG).seal('+2')
    await app.db.write((sql) => sql`update users set phone_number = ${lost} where id = ${id}`)
    const node = await startNode(app, NEW, OLD)
    await beginRotation(node, null)

    const { closed } = await resealSome(node, allSealed, null, 10_000)

    expect(closed).toBe(1)
    expect((await findWho(app, 'bo')).phone_number).toBe(lost)
    await close()
  })
})

describe('secret rotate by the command line', () => {
  const configOf = ({ dataDir }: CommandLine) => loadConfig({ env: { WARREN_DATA_DIR: dataDir } }).config
  const withPhone = async (line: CommandLine) => {
    await withoutNode(configOf(line), async (app) => {
      const ann = await enrol(app, 'ann')
      await updateProfile(app, ann.id, { phone_number: '+1' })
    })
  }
  const phone = (line: CommandLine) => withoutNode(configOf(line), (app) => phoneOf(app, 'ann'))

  test('a key of the data folder is made anew', async () => {
    const line = openCommandLine()
    await withPhone(line)
    const before = keepSecretKeys(line.dataDir)

    const said = await line.warren('secret rotate')

    const after = keepSecretKeys(line.dataDir)
    expect(said).toMatchObject({ exit: 0, out: '' })
    expect(said.err).toMatch(/^Sealed anew: \d+\. Nothing is left under the old key\.$/)
    expect(after.secretKey).not.toBe(before.secretKey)
    expect(after.previous).toBeNull()
    expect(readFileSync(join(line.dataDir, 'secrets.toml'), 'utf8')).not.toContain(before.secretKey)
    expect(await phone(line)).toBe('+1')
  })

  test('one that was killed once both keys were written down goes on with these', async () => {
    const line = openCommandLine()
    await withPhone(line)
    const { secretKey: previous } = keepSecretKeys(line.dataDir)
    const secretKey = newSecretKey()
    replaceSecretKeys(line.dataDir, { secretKey, previous })
    expect(await phone(line)).toBe('+1')

    expect((await line.warren('secret rotate')).exit).toBe(0)

    expect(keepSecretKeys(line.dataDir)).toEqual({ secretKey, previous: null })
    expect(await phone(line)).toBe('+1')
  })

  test('a key that is set is not replaced until there is another', async () => {
    const line = openCommandLine()

    const said = await line.warren('secret rotate', { WARREN_SECRET_KEY: OLD })

    expect(said).toMatchObject({ exit: 1, err: expect.stringMatching(/WARREN_SECRET_KEY_PREVIOUS/) })
  })

  test('a key that is set is replaced by the one that is set beside it', async () => {
    const line = openCommandLine()
    await line.warren('jobs list', { WARREN_SECRET_KEY: OLD })

    const both = { WARREN_SECRET_KEY: NEW, WARREN_SECRET_KEY_PREVIOUS: OLD }
    const said = await line.warren('secret rotate', both)

    expect(said).toMatchObject({
      exit: 0,
      err: expect.stringMatching(/take WARREN_SECRET_KEY_PREVIOUS away/),
    })
    expect((await line.warren('jobs list', { WARREN_SECRET_KEY: OLD })).exit).toBe(3)
    expect((await line.warren('jobs list', { WARREN_SECRET_KEY: NEW })).exit).toBe(0)
  })

  test('doctor and serve --check find a key that the database is not on, one that is gone, and one half replaced', async () => {
    const line = openCommandLine()
    await withPhone(line)
    const { secretKey: previous } = keepSecretKeys(line.dataDir)
    const found = async (env = {}) => {
      const { out } = await line.warren('doctor --json', env)
      const { findings } = JSON.parse(out) as { findings: { check: string; state: string; reason: string }[] }
      const finding = findings.find(({ check }) => check === 'secret key')
      return `${finding?.state} ${finding?.reason}`
    }

    expect(await found()).toMatch(/^ok /)
    expect(await found({ WARREN_SECRET_KEY: NEW })).toMatch(/^fail .*first used with another secret key/)
    expect((await line.warren('serve --check', { WARREN_SECRET_KEY: NEW })).exit).toBe(4)
    await withoutNode(configOf(line), (app) => beginRotation(app, line.dataDir))
    expect(await found()).toMatch(/^warn it is being replaced/)
    await line.warren('secret rotate')
    rmSync(join(line.dataDir, 'secrets.toml'))
    expect(await found()).toMatch(/^fail there is none/)
    expect(keepSecretKeys(line.dataDir).secretKey).not.toBe(previous)
  })
})
