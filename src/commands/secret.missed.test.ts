import { afterEach, describe, expect, test } from 'bun:test'
import { createSecrets, sealedUnder } from '../platform/secrets.ts'
import { loadConfig } from '../config.ts'
import { enrol } from '../testing/cast.ts'
import { createPostgresDatabase } from '../testing/databases.ts'
import type { TestNode, TestPerson } from '../testing/node.ts'
import { notRun } from '../testing/notRun.ts'
import { hasPostgres } from '../testing/postgres.ts'
import { askOps, figureOf, OPS, scrape, watchedNodes } from '../testing/watched.ts'
import { withoutNode } from './admin/offline.ts'
import { newFolder, removeFolders, type Settings, warren } from './keeping/scene.ts'

if (!hasPostgres) notRun('a node that is missed when the key is replaced', 'no PostgreSQL 15')

const OLD = 'a-secret-key-that-only-tests-have-0123456789'
const NEW = 'the-key-that-takes-its-place-in-tests-987654'
const BOTH = { WARREN_SECRET_KEY: NEW, WARREN_SECRET_KEY_PREVIOUS: OLD }

const { start, stop } = watchedNodes()
afterEach(async () => {
  await stop()
  removeFolders()
})

const profile = (phone: string) => ({
  ...{ full_name: 'Ann', bio: '', status_text: '', status_emoji: '', locale: null },
  phone_number: phone,
})

interface Missed {
  node: TestNode
  ann: TestPerson
  env: Settings
}

/** A node with the old key alone, on which ann is signed in, and a database that has gone on to the new one. */
async function missOne(): Promise<Missed> {
  const place = { WARREN_DATABASE_URL: await createPostgresDatabase(), WARREN_AUTO_MIGRATE: 'true' }
  const env = { ...OPS, ...place, WARREN_DATA_DIR: newFolder(), WARREN_SECRET_KEY: OLD }
  const node = await start(env)
  const ann = await node.person('ann')
  expect((await ann.put('/api/users/me', profile('+31612345678'))).status).toBe(200)
  const elsewhere = { ...place, ...BOTH, WARREN_DATA_DIR: newFolder() }
  expect((await warren('secret rotate', elsewhere)).exit).toBe(0)
  while (!(await (await askOps(node, '/readyz')).text()).includes('another secret key'));
  return { node, ann, env }
}

/** Makes the node look for the key of a token that it has never seen. */
const withUnknownKey = ({ token }: TestPerson): string => {
  const [, ...rest] = token.split('.')
  return [Buffer.from('{"alg":"ES256","kid":"999"}').toString('base64url'), ...rest].join('.')
}

describe.if(hasPostgres)('a running node that was missed when the secret key was replaced', () => {
  test('is not ready, and says why to operators, in its figures and in doctor', async () => {
    const { node, env } = await missOne()

    const { reason, checks } = await (await askOps(node, '/readyz')).json()
    const figures = await scrape(node)
    const doctor = await warren('doctor --json', { ...env, ...BOTH })

    expect(reason).toBe('key')
    expect(checks.key.why).toContain('another secret key')
    expect(figureOf(figures, 'warren_check_ok{check="key"}')).toBe(0)
    const { findings } = JSON.parse(doctor.out) as { findings: { check: string; reason: string }[] }
    expect(findings.find(({ check }) => check === 'secret key')?.reason).toMatch(
      /^the node that runs has another than is set now: .*another secret key/,
    )
  })

  test('signs nobody out, and whoever signs in gets a token of the key that it has opened', async () => {
    const { node, ann } = await missOne()

    const stranger = await fetch(`${node.url}/api/auth/me`, {
      headers: { authorization: `Bearer ${withUnknownKey(ann)}` },
    })

    expect(stranger.status).toBe(401)
    expect((await ann.get('/api/auth/me')).status).toBe(200)
    expect((await (await node.signIn('ann')).get('/api/auth/me')).status).toBe(200)
    const keys = await node.node.app.db.read<{ kid: string }>`select kid from signing_keys`
    expect(keys).toHaveLength(1)
  })

  test('seals nothing under the old key, and does not take the others back to it', async () => {
    const { node, ann, env } = await missOne()

    const changed = await ann.put('/api/users/me', profile('+31687654321'))
    const rotated = await warren('secret rotate', env)

    expect([changed.status, changed.body.reason, changed.headers.get('retry-after')]).toEqual([
      503,
      'key_missing',
      '1',
    ])
    expect(rotated).toMatchObject({ exit: 1, err: expect.stringContaining('another secret key') })
    const { app } = node.node
    const sealed = await app.db.read<{
      value: string
    }>`select sealed_jwk as value from signing_keys union all select phone_number from users where phone_number is not null`
    expect(sealed.map(({ value }) => sealedUnder(value))).not.toContain(app.secrets.fingerprint)
  })
})

test('the old key is to be taken away when a run finds nothing, also of a node that slept', async () => {
  const env = { WARREN_DATA_DIR: newFolder(), WARREN_SECRET_KEY: OLD }
  const after = (settings: Settings) => loadConfig({ env: { ...env, ...settings } }).config
  const say = async () => (await warren('secret rotate', { ...env, ...BOTH })).err
  await withoutNode(after({}), (app) => enrol(app, 'ann'))
  const first = await say()
  const late = createSecrets(OLD).seal('+1')
  await withoutNode(after(BOTH), ({ db }) => db.write((sql) => sql`update users set phone_number = ${late}`))

  expect(first).toMatch(
    /^Sealed anew: 0\..*\nRun this once more, for a node that slept meanwhile. When it says 0/,
  )
  expect(await say()).toMatch(/^Sealed anew: [1-9]\..*\nRun this once more/)
  expect(await say()).toMatch(/^Sealed anew: 0\..*\nNow take WARREN_SECRET_KEY_PREVIOUS away/)
})
