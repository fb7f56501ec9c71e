import { describe, expect, test } from 'bun:test'
import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { openTestApp } from '../testing/app.ts'
import { enrol, signIn } from '../testing/cast.ts'
import { createPostgresDatabase } from '../testing/databases.ts'
import { engines } from '../testing/engines.ts'
import { PASSWORD, startTestNode, type TestNode, type TestPerson } from '../testing/node.ts'
import { notRun } from '../testing/notRun.ts'
import { hasPostgres } from '../testing/postgres.ts'
import { hasRedis, startRedis } from '../testing/redis.ts'
import { authenticate, forgetSessions, logOut, trustSessions } from './index.ts'

/** The same app, whose reads are counted and may be held up. */
function watchReads(app: App) {
  const reads = { count: 0, gate: Promise.resolve() }
  const read = async (...args: Parameters<Sql>) => {
    reads.count++
    const rows = await app.db.read(...args)
    await reads.gate
    return rows
  }
  return { reads, watched: { ...app, db: { ...app.db, read: Object.assign(read, app.db.read) as Sql } } }
}

describe.each(engines)('sessions that a node remembers on %s', (_, fresh) => {
  const start = async () => {
    const here = await openTestApp(fresh())
    const { reads, watched: app } = watchReads(here.app)
    const ann = await signIn(app, await enrol(app, 'ann'))
    const trust = { fresh: true }
    trustSessions(app, () => trust.fresh)
    const ask = async () => {
      const before = reads.count
      const session = await authenticate(app, ann.accessToken)
      return { session, reads: reads.count - before }
    }
    await ask()
    return { ...here, app, ann, ask, trust, reads }
  }

  test('who asks again is known without asking the database', async () => {
    const { ann, ask, close } = await start()

    expect(await ask()).toMatchObject({ session: { id: ann.sessionId }, reads: 0 })
    await close()
  })

  test('they are forgotten as soon as it is told that they changed (S-04)', async () => {
    const { app, ann, ask, close } = await start()
    const { session } = await ask()

    if (session) await logOut(app, session)
    forgetSessions(app, [ann.user.id])

    expect(await ask()).toEqual({ session: null, reads: 1 })
    await close()
  })

  test('none is trusted while the node hears of no changes (S-04)', async () => {
    const { app, ask, trust, close } = await start()
    const { session } = await ask()
    if (session) await logOut(app, session)

    trust.fresh = false

    expect(await ask()).toEqual({ session: null, reads: 1 })
    await close()
  })

  test('what was read before a change is not remembered after it (S-04)', async () => {
    const { app, ann, ask, reads, close } = await start()
    forgetSessions(app, [ann.user.id])
    const gate = Promise.withResolvers<void>()
    reads.gate = gate.promise
    const before = reads.count
    const early = ask()
    while (reads.count === before) await new Promise((resolve) => setImmediate(resolve))
    const session = { id: ann.sessionId, userId: ann.user.id, role: 'member', kind: 'person' } as const
    await logOut(app, session)
    forgetSessions(app, [ann.user.id])

    gate.resolve()
    await early
    reads.gate = Promise.resolve()

    expect((await ask()).session).toBeNull()
    await close()
  })

  test('an end of which nobody ever hears is found after ten minutes (S-04)', async () => {
    const { app, ann, ask, later, close } = await start()
    await endSilently(app, ann.sessionId)

    later(599_000)
    expect(await ask()).toMatchObject({ session: { id: ann.sessionId }, reads: 0 })
    later(1000)

    expect(await ask()).toEqual({ session: null, reads: 1 })
    await close()
  })

  test('a session ends by its age though nobody says so (S-03)', async () => {
    const { app, ann, ask, later, close } = await start()
    const soon = app.clock.now() + 1000
    await app.db.write((sql) => sql`update sessions set expires_at = ${soon} where id = ${ann.sessionId}`)
    forgetSessions(app, [ann.user.id])
    expect((await ask()).session).not.toBeNull()

    later(1000)

    expect((await ask()).session).toBeNull()
    await close()
  })
})

/** As other nodes do whom the word did not reach. */
const endSilently = (app: App, id: string) =>
  app.db.write((sql) => sql`update sessions set ended_at = ${app.clock.now()} where id = ${id}`)

/** What happens to ann's session on her other device. */
const ENDINGS: [string, (who: Record<'ann' | 'other' | 'ada', TestPerson>) => Promise<unknown>][] = [
  ['signs out', ({ other }) => other.post('/api/auth/logout')],
  [
    'has a new password',
    ({ ann }) =>
      ann.put('/api/users/me/password', { current_password: PASSWORD, new_password: 'another long one' }),
  ],
  ['is deactivated', ({ ann, ada }) => ada.put(`/api/users/${ann.id}`, { is_active: false })],
  ['gets another role', ({ ann, ada }) => ada.put(`/api/users/${ann.id}`, { role: 'guest' })],
]

const status = async ({ url }: TestNode, { token }: TestPerson): Promise<number> =>
  (await fetch(`${url}/api/auth/me`, { headers: { authorization: `Bearer ${token}` } })).status

/** Two nodes on one database. */
async function startTwo(more: Record<string, string> = {}) {
  const env = {
    WARREN_DATABASE_URL: await createPostgresDatabase(),
    WARREN_AUTO_MIGRATE: 'on',
    WARREN_SECRET_KEY: 'a-secret-key-that-only-tests-have-0123456789',
    ...more,
  }
  return { one: await startTestNode(env), two: await startTestNode(env) }
}

if (hasPostgres) {
  test.each(ENDINGS)(
    'whoever %s is a stranger at once here, and within two seconds on another node (S-04)',
    async (_, end) => {
      const { one, two } = await startTwo()
      const ada = await one.person('ada')
      const ann = await one.person('ann')
      const other = await one.signIn('ann')
      expect([await status(one, other), await status(two, other)]).toEqual([200, 200])

      await end({ ann, other, ada })
      const endedAt = performance.now()

      expect(await status(one, other)).toBe(401)
      while ((await status(two, other)) === 200);
      expect(performance.now() - endedAt).toBeLessThan(2000)
      expect(await status(two, other)).toBe(401)
      await one.stop()
      await two.stop()
    },
  )

  test.if(hasRedis)('with Redis another node hears of it sooner than its sweep looks (S-04)', async () => {
    const redis = await startRedis()
    const { one, two } = await startTwo({ WARREN_REDIS_URL: redis.url })
    await one.person('ann')
    const took: number[] = []

    for (let at = 0; at < 5; at++) {
      const ann = await one.signIn('ann')
      expect(await status(two, ann)).toBe(200)
      await ann.post('/api/auth/logout')
      const endedAt = performance.now()
      while ((await status(two, ann)) === 200);
      took.push(performance.now() - endedAt)
    }

    expect(took.sort((a, b) => a - b)[2]).toBeLessThan(200)
    await one.stop()
    await two.stop()
    await redis.stop()
  })
} else {
  notRun('sessions remembered by two nodes', 'PostgreSQL is not here')
}
