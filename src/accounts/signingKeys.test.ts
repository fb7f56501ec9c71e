import { describe, expect, test } from 'bun:test'
import { newId } from '../platform/ids.ts'
import { openTestApp } from '../testing/app.ts'
import { engines } from '../testing/engines.ts'
import { ACCESS_TOKEN_S, signAccessToken, verifyAccessToken } from './accessToken.ts'
import { OVERLAP_MS, SIGNS_FOR_MS, signingKey, verifyingKey } from './signingKeys.ts'

describe.each(engines)('keys on %s', (_, fresh) => {
  test('two nodes that start at once sign with one key, and each believes the other (S-49)', async () => {
    const { app, close } = await openTestApp(fresh())
    // The ring of keys is a node's own: another handle on the database is another node.
    const other = { ...app, db: { ...app.db } }

    const [one, two] = await Promise.all([signingKey(app), signingKey(other)])

    expect(one.kid).toBe(two.kid)
    expect(await app.db.read`select kid from signing_keys`).toHaveLength(1)
    await close()
  })

  test('a key retires an hour after it signed last, and is forgotten (S-49)', async () => {
    const { app, later, close } = await openTestApp(fresh())
    const first = await signingKey(app)

    later(SIGNS_FOR_MS)
    const second = await signingKey(app)
    expect(await verifyingKey(app, first.kid)).not.toBeNull()
    later(OVERLAP_MS)
    expect(await verifyingKey(app, first.kid)).toBeNull()
    later(SIGNS_FOR_MS)
    await signingKey(app)

    expect(second.kid).not.toBe(first.kid)
    const left = await app.db.read<{ kid: string }>`select kid from signing_keys`
    expect(left.map((row) => row.kid)).not.toContain(first.kid)
    await close()
  })

  test('of two nodes one makes the next key: the other believes it at once, and for an hour both believe the last (S-49)', async () => {
    const { app, later, close } = await openTestApp(fresh())
    const other = { ...app, db: { ...app.db } }
    const session = { id: newId<'session'>(), userId: newId<'user'>() }
    const first = await signingKey(other)
    later(SIGNS_FOR_MS - 1)
    const early = await signAccessToken(other, session)
    await signingKey(app)

    later(1)
    const late = await signAccessToken(app, session)
    const said = { sessionId: session.id, userId: session.userId }
    expect(await verifyAccessToken(other, late)).toEqual(said)
    expect(await verifyAccessToken(app, early)).toEqual(said)
    expect((await signingKey(other)).kid).toBe((await signingKey(app)).kid)
    expect((await signingKey(other)).kid).not.toBe(first.kid)

    // Whatever the last key signed has run out long before it is forgotten.
    later(ACCESS_TOKEN_S * 1000 - 2000)
    expect(await verifyAccessToken(app, early)).toEqual(said)
    later(OVERLAP_MS)
    expect(await verifyingKey(other, first.kid)).toBeNull()
    await close()
  })

  test('whoever comes while a node that just started reads its keys waits for them', async () => {
    const { app, close } = await openTestApp(fresh())
    const { kid } = await signingKey(app)
    const started = { ...app, db: { ...app.db } }

    const first = verifyingKey(started, kid)
    const late: Promise<unknown>[] = []
    // At every step of the first one's way another comes.
    for (let i = 0; i < 50; i++) {
      late.push(verifyingKey(started, kid))
      await new Promise<void>((resolve) => setImmediate(resolve))
    }

    expect(await first).not.toBeNull()
    expect((await Promise.all(late)).every((key) => key !== null)).toBe(true)
    await close()
  })
})
