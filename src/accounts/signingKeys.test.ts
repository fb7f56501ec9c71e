import { describe, expect, test } from 'bun:test'
import { openTestApp } from '../testing/app.ts'
import { engines } from '../testing/engines.ts'
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
