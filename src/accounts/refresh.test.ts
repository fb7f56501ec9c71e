import { describe, expect, test } from 'bun:test'
import { openTestApp, reasonOf } from '../testing/app.ts'
import { enrol, sessionOf, signIn } from '../testing/cast.ts'
import { engines } from '../testing/engines.ts'
import { authenticate, logOut, refresh } from './index.ts'
import { REFRESH_TOKEN_MS, RETRY_MS, SESSION_MAX_MS } from './refreshToken.ts'

describe.each(engines)('renewing on %s', (_, fresh) => {
  const start = async () => {
    const here = await openTestApp(fresh())
    const ann = await signIn(here.app, await enrol(here.app, 'ann'))
    return { ...here, ann, isIn: async () => (await authenticate(here.app, ann.accessToken)) !== null }
  }

  test('a token is good once, and its child goes on (S-03)', async () => {
    const { app, ann, later, close } = await start()

    const second = await refresh(app, ann.refreshToken)
    later(60_000)
    const third = await refresh(app, second.refreshToken)

    expect(new Set([ann.refreshToken, second.refreshToken, third.refreshToken]).size).toBe(3)
    expect(await authenticate(app, third.accessToken)).toMatchObject({ id: ann.sessionId })
    await close()
  })

  test('a retry within ten seconds gets the same child (S-03)', async () => {
    const { app, ann, later, isIn, close } = await start()

    const first = await refresh(app, ann.refreshToken)
    later(RETRY_MS)
    const again = await refresh(app, ann.refreshToken)

    expect(again.refreshToken).toBe(first.refreshToken)
    expect(await isIn()).toBe(true)
    await close()
  })

  test('twenty at once leave one head, and the person signed in (S-03)', async () => {
    const { app, ann, isIn, close } = await start()

    const all = await Promise.all(Array.from({ length: 20 }, () => refresh(app, ann.refreshToken)))

    expect(new Set(all.map((each) => each.refreshToken)).size).toBe(1)
    expect(
      await app.db
        .read`select hash from refresh_tokens where used_at is null and session_id = ${ann.sessionId}`,
    ).toHaveLength(1)
    expect(await isIn()).toBe(true)
    await close()
  })

  test('a retry that comes too late is theft: the session ends, for the thief too (S-03)', async () => {
    const { app, ann, told, later, isIn, close } = await start()
    const thief = await refresh(app, ann.refreshToken)

    later(RETRY_MS + 1)

    expect(await reasonOf(refresh(app, ann.refreshToken))).toBe('refresh_token')
    expect(await isIn()).toBe(false)
    expect(await authenticate(app, thief.accessToken)).toBeNull()
    expect(await reasonOf(refresh(app, thief.refreshToken))).toBe('refresh_token')
    expect(told).toEqual([{ to: 'recheck', id: ann.user.id }])
    await close()
  })

  test('a token whose child was used is theft, also within ten seconds (S-03)', async () => {
    const { app, ann, isIn, close } = await start()
    const second = await refresh(app, ann.refreshToken)
    await refresh(app, second.refreshToken)

    expect(await reasonOf(refresh(app, ann.refreshToken))).toBe('refresh_token')
    expect(await isIn()).toBe(false)
    await close()
  })

  test('a token lives seven days, and a session ninety, however often it is renewed (S-03)', async () => {
    const { app, ann, later, close } = await start()
    const began = app.clock.now()
    let head = ann.refreshToken
    while (app.clock.now() + REFRESH_TOKEN_MS / 2 < began + SESSION_MAX_MS) {
      later(REFRESH_TOKEN_MS / 2)
      head = (await refresh(app, head)).refreshToken
    }

    later(began + SESSION_MAX_MS - app.clock.now())
    expect(await reasonOf(refresh(app, head))).toBe('refresh_token')

    const bo = await signIn(app, await enrol(app, 'bo'))
    later(REFRESH_TOKEN_MS)
    expect(await reasonOf(refresh(app, bo.refreshToken))).toBe('refresh_token')
    await close()
  }, 20_000)

  test('nobody renews a session that is over, or with a word that we never said', async () => {
    const { app, ann, close } = await start()
    await logOut(app, await sessionOf(app, ann))

    expect(await reasonOf(refresh(app, ann.refreshToken))).toBe('refresh_token')
    expect(await reasonOf(refresh(app, 'x'.repeat(43)))).toBe('refresh_token')
    expect(await reasonOf(refresh(app, ''))).toBe('refresh_token')
    await close()
  })

  test('the database knows no token that could be used (S-03)', async () => {
    const { app, ann, close } = await start()
    const { refreshToken } = await refresh(app, ann.refreshToken)

    const stored = JSON.stringify(await app.db.read`select * from refresh_tokens`)

    expect(stored).not.toContain(ann.refreshToken)
    expect(stored).not.toContain(refreshToken)
    await close()
  })
})
