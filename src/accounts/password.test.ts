import { afterEach, beforeEach, expect, spyOn, test } from 'bun:test'
import { createMemoryLimits } from '../platform/http/limits.memory.ts'
import { openTestApp, reasonOf, type TestApp } from '../testing/app.ts'
import { deactivate, enrol, FROM, PASSWORD, signIn } from '../testing/cast.ts'
import { logIn } from './index.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { replaceHash } from './sql.ts'

let here: TestApp
beforeEach(async () => {
  here = await openTestApp()
})
afterEach(() => here.close())

const hashOf = async (username: string) => {
  const [row] = await here.app.db.read<{ password_hash: string }>`
    select password_hash from users where username = ${username}`
  return row?.password_hash ?? ''
}

test('a password is kept as argon2id with 19 MiB and two rounds, each with its own salt (S-09)', async () => {
  const [one, two] = [await hashPassword(PASSWORD), await hashPassword(PASSWORD)]

  expect(one).toStartWith('$argon2id$v=19$m=19456,t=2,p=1$')
  expect(one).not.toBe(two)
})

test('a bcrypt hash brought along opens the account, and becomes one of ours', async () => {
  const { app } = here
  const ann = await enrol(app, 'ann')
  const bcrypt = await Bun.password.hash(PASSWORD, { algorithm: 'bcrypt', cost: 4 })
  for (const form of ['$2a$', '$2b$', '$2y$']) {
    await app.db.write((sql) => replaceHash(sql, ann.id, bcrypt.replace('$2b$', form)))

    expect(await reasonOf(logIn(app, { email: ann.email, password: 'a wrong one' }, FROM))).toBe(
      'credentials',
    )
    expect(await hashOf('ann')).toStartWith(form)
    const first = await signIn(app, ann)

    expect(first.expiresIn).toBe(1800)
    expect(await hashOf('ann')).toStartWith('$argon2id$')
    expect(await signIn(app, ann)).toMatchObject({ expiresIn: 1800 })
  }
})

test('an unknown, a deactivated and a real account cost the same one check of the same strength (S-09)', async () => {
  const { app } = here
  await enrol(app, 'ann')
  await deactivate(app, await enrol(app, 'gone'))
  const verify = spyOn(Bun.password, 'verify')
  const reasons: unknown[] = []

  for (const email of ['ann@example.org', 'gone@example.org', 'cy@example.org'])
    reasons.push(await reasonOf(logIn(app, { email, password: 'a wrong one' }, FROM)))

  const strengths = verify.mock.calls.map(([, hash]) => String(hash).split('$').slice(0, 4).join('$'))
  verify.mockRestore()
  expect(reasons).toEqual(['credentials', 'credentials', 'credentials'])
  expect(new Set(strengths)).toEqual(new Set(['$argon2id$v=19$m=19456,t=2,p=1']))
  expect(strengths).toHaveLength(3)
})

test('an account without a password is opened by none', async () => {
  expect(await verifyPassword('nobody has this password', null)).toBe(false)
})

test('a flood of passwords waits in a short line, and the rest is turned away (S-09)', async () => {
  const verify = spyOn(Bun.password, 'verify').mockImplementation(async () => {
    running++
    most = Math.max(most, running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    return true
  })
  let running = 0
  let most = 0

  const answers = await Promise.all(Array.from({ length: 300 }, () => reasonOf(verifyPassword('x', 'y'))))
  verify.mockRestore()

  expect(most).toBe(4)
  expect(answers.filter((answer) => answer === 'busy')).toHaveLength(96)
  expect(await verifyPassword(PASSWORD, await hashPassword(PASSWORD))).toBe(true)
})

test('one address tries one account ten times in three minutes, right or wrong (S-09)', async () => {
  const app = { ...here.app, limits: createMemoryLimits(1) }
  const ann = await enrol(app, 'ann')
  const wrong = { email: ann.email, password: 'a wrong one' }

  for (let at = 0; at < 10; at++) expect(await reasonOf(logIn(app, wrong, FROM))).toBe('credentials')

  expect(await reasonOf(signIn(app, ann))).toBe('rate_limited')
  expect(
    await logIn(app, { email: ann.email, password: PASSWORD }, { ...FROM, address: '192.0.2.2' }),
  ).toBeTruthy()
})

test('all addresses together try one account fifty times, known or unknown (S-09)', async () => {
  const app = { ...here.app, limits: createMemoryLimits(1) }
  await enrol(app, 'ann')
  const verify = spyOn(Bun.password, 'verify').mockImplementation(async () => false)
  const from = (at: number) => ({ ...FROM, address: `192.0.2.${at}` })

  for (const email of ['ann@example.org', 'cy@example.org']) {
    const attempt = (at: number) => reasonOf(logIn(app, { email, password: 'a wrong one' }, from(at)))
    for (let at = 0; at < 50; at++) expect(await attempt(at)).toBe('credentials')
    expect(await attempt(99)).toBe('rate_limited')
  }
  verify.mockRestore()
})

test('an office shares an address: two hundred failures, and no count of those who succeed (S-09)', async () => {
  const app = { ...here.app, limits: createMemoryLimits(1) }
  const ann = await enrol(app, 'ann')
  const verify = spyOn(Bun.password, 'verify').mockImplementation(async () => false)

  for (let at = 0; at < 200; at++)
    expect(await reasonOf(logIn(app, { email: `user${at}@example.org`, password: 'x' }, FROM))).toBe(
      'credentials',
    )
  verify.mockRestore()

  expect(await reasonOf(signIn(app, ann))).toBe('rate_limited')
})
