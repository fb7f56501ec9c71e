import { expect, test } from 'bun:test'
import { engines } from '../testing/engines.ts'
import { createSecrets } from './secrets.ts'
import { requireSameKey } from './secretsGuard.ts'

const ours = createSecrets('k'.repeat(40))
const others = createSecrets('j'.repeat(40))

test.each(engines)('on %s a node with another key than the first does not start', async (_, fresh) => {
  const { db, close } = await fresh()

  await Promise.all([requireSameKey(db, ours), requireSameKey(db, ours)])
  await requireSameKey(db, ours)

  await expect(requireSameKey(db, others)).rejects.toMatchObject({
    exit: 3,
    message: expect.stringContaining(others.fingerprint),
  })
  await close()
})

test.each(engines)('on %s of two keys that come first at once one wins', async (_, fresh) => {
  const { db, close } = await fresh()

  const settled = await Promise.allSettled([requireSameKey(db, ours), requireSameKey(db, others)])

  expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await close()
})
