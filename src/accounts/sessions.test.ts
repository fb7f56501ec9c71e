import { describe, expect, test } from 'bun:test'
import { isUuid, newId } from '../platform/ids.ts'
import { openTestApp, reasonOf } from '../testing/app.ts'
import { enrol, FROM, PASSWORD, sessionOf, signIn } from '../testing/cast.ts'
import { engines } from '../testing/engines.ts'
import {
  authenticate,
  changePassword,
  createTicket,
  endOtherSessions,
  endSession,
  findAuthzChanged,
  findLiveSessions,
  listSessions,
  logIn,
  logOut,
  redeemTicket,
  refresh,
  type SignedIn,
  setPassword,
  sweepSessions,
} from './index.ts'

describe.each(engines)('sessions on %s', (_, fresh) => {
  const start = async () => {
    const here = await openTestApp(fresh())
    const ann = await enrol(here.app, 'ann')
    const phone = await signIn(here.app, ann)
    const laptop = await signIn(here.app, ann)
    const cy = await signIn(here.app, await enrol(here.app, 'cy'))
    const isIn = async (signedIn: SignedIn) => (await authenticate(here.app, signedIn.accessToken)) !== null
    return { ...here, ann, phone, laptop, cy, isIn }
  }

  test('logging out ends this session at once, tells the sockets and the sweep, and no other session (S-04)', async () => {
    const { app, ann, phone, laptop, told, later, isIn, close } = await start()
    const before = app.clock.now()
    later(1000)

    await logOut(app, await sessionOf(app, phone))

    expect(await isIn(phone)).toBe(false)
    expect(await isIn(laptop)).toBe(true)
    expect(told).toEqual([{ to: 'recheck', id: ann.id }])
    const [change] = await findAuthzChanged(app, before)
    expect(change?.id).toBe(ann.id)
    expect(await findLiveSessions(app, [phone.sessionId, laptop.sessionId])).toEqual(
      new Set([laptop.sessionId]),
    )

    await logOut(app, await sessionOf(app, laptop))
    // Within the same millisecond, and told apart.
    expect(await findAuthzChanged(app, change?.changed_at ?? 0)).toHaveLength(1)
    await close()
  })

  test('somebody ends one of their own sessions, twice if they like, and nobody else can (S-04, S-11)', async () => {
    const { app, ann, phone, cy, isIn, close } = await start()

    expect(await reasonOf(endSession(app, cy.user.id, phone.sessionId))).toBe('session')
    expect(await reasonOf(endSession(app, ann.id, newId<'session'>()))).toBe('session')
    expect(await isIn(phone)).toBe(true)

    await endSession(app, ann.id, phone.sessionId)
    await endSession(app, ann.id, phone.sessionId)
    expect(await isIn(phone)).toBe(false)
    await close()
  })

  test('signing out everywhere else leaves this session, and those of others (S-04)', async () => {
    const { app, phone, laptop, cy, isIn, close } = await start()

    await endOtherSessions(app, await sessionOf(app, laptop))
    expect([await isIn(phone), await isIn(laptop), await isIn(cy)]).toEqual([false, true, true])
    await close()
  })

  test('a session that was just ended cannot end the others and so bring itself back (S-04, S-22)', async () => {
    const { app, laptop, phone, isIn, close } = await start()
    const session = await sessionOf(app, laptop)
    await logOut(app, session)

    expect(await reasonOf(endOtherSessions(app, session))).toBe('session_over')
    expect(await isIn(laptop)).toBe(false)
    expect(await isIn(phone)).toBe(true)
    await close()
  })

  test('the list names where one is signed in, the newest first, in pages', async () => {
    const { app, phone, laptop, close } = await start()
    const session = await sessionOf(app, laptop)

    const first = await listSessions(app, session, { limit: 1 })
    const second = await listSessions(app, session, { limit: 1, cursor: first.page.next ?? '' })

    expect(first.data).toEqual([
      {
        id: laptop.sessionId,
        current: true,
        user_agent: 'Test/1',
        created_at: '2026-11-21T09:00:00.000Z',
        last_used_at: '2026-11-21T09:00:00.000Z',
      },
    ])
    expect(second.data.map(({ id, current }) => ({ id, current }))).toEqual([
      { id: phone.sessionId, current: false },
    ])
    expect(second.page.next).toBeNull()
    await close()
  })

  test('a new password ends all other sessions, and only whoever knows the old one sets it (S-04)', async () => {
    const { app, ann, phone, laptop, isIn, close } = await start()
    const session = await sessionOf(app, laptop)

    expect(
      await reasonOf(changePassword(app, session, { current: 'a wrong one', next: 'another one' })),
    ).toBe('wrong_password')
    expect(await isIn(phone)).toBe(true)

    await changePassword(app, session, { current: PASSWORD, next: 'another one' })
    expect([await isIn(phone), await isIn(laptop)]).toEqual([false, true])
    expect(await reasonOf(signIn(app, ann))).toBe('credentials')
    expect(await logIn(app, { email: ann.email, password: 'another one' }, FROM)).toMatchObject({
      expiresIn: 1800,
    })
    await close()
  })

  test('of two new passwords set at once with the same old one, one stands (S-22)', async () => {
    const { app, laptop, close } = await start()
    const session = await sessionOf(app, laptop)

    const reasons = await Promise.all(
      ['the first one', 'the second one'].map((next) =>
        reasonOf(changePassword(app, session, { current: PASSWORD, next })),
      ),
    )

    expect(reasons.filter((reason) => reason === undefined)).toHaveLength(1)
    expect(reasons).toContain('wrong_password')
    await close()
  })

  test('a password set by an operator ends every session (S-04)', async () => {
    const { app, ann, phone, laptop, cy, isIn, close } = await start()

    await setPassword(app, ann.id, 'the operator chose it')

    expect([await isIn(phone), await isIn(laptop), await isIn(cy)]).toEqual([false, false, true])
    await close()
  })

  test('a ticket opens one socket, within thirty seconds, while the session lasts (S-07)', async () => {
    const { app, phone, later, close } = await start()
    const session = await sessionOf(app, phone)
    const [used, old, revoked] = [
      await createTicket(app, session),
      await createTicket(app, session),
      await createTicket(app, session),
    ]

    const taken = await Promise.all(Array.from({ length: 50 }, () => redeemTicket(app, used)))
    expect(taken.filter((each) => each !== null)).toEqual([session])
    later(30_000)
    expect(await redeemTicket(app, old)).toBeNull()
    const fresh = await createTicket(app, session)
    await logOut(app, session)
    expect(await redeemTicket(app, fresh)).toBeNull()
    expect(await redeemTicket(app, revoked)).toBeNull()
    await close()
  })

  test('sessions that ended a month ago are forgotten, the others stay', async () => {
    const { app, phone, laptop, later, close } = await start()
    await logOut(app, await sessionOf(app, phone))

    later(30 * 24 * 3600_000)
    await sweepSessions(app)
    expect((await app.db.read`select id from sessions where id = ${phone.sessionId}`).length).toBe(1)
    later(2 * 24 * 3600_000)
    await sweepSessions(app)

    const left = await app.db.read<{ id: string }>`select id from sessions`
    expect(left.map((row) => row.id)).not.toContain(phone.sessionId)
    expect(left.map((row) => row.id)).toContain(laptop.sessionId)
    expect(left.every((row) => isUuid(row.id))).toBe(true)
    await close()
  })

  test('however many tokens have expired, one sweep forgets them all', async () => {
    const { app, phone, close } = await start()
    const expired = Array.from({ length: 450 }, (_, at) => `hash-${at}`)
    await app.db.write(async (sql) => {
      for (const hash of expired)
        await sql`insert into refresh_tokens (hash, session_id, created_at, expires_at)
          values (${hash}, ${phone.sessionId}, 1, 2)`
    })

    await sweepSessions(app)

    expect(await app.db.read`select hash from refresh_tokens where hash like 'hash-%'`).toEqual([])
    expect(await refresh(app, phone.refreshToken)).toMatchObject({ sessionId: phone.sessionId })
    await close()
  })
})
