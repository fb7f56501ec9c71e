import { expect, test } from 'bun:test'
import { engines } from '../testing/engines.ts'
import { createLog } from './log.ts'
import { createSecrets } from './secrets.ts'
import { followKey, requireSameKey } from './secretsGuard.ts'
import { beginRotation } from './secretsRotation.ts'

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

test.each(engines)(
  'on %s a node that runs follows the key that another one begins to seal with',
  async (_, fresh) => {
    const { db, close } = await fresh()
    await requireSameKey(db, createSecrets('k'.repeat(40)))
    const both = createSecrets('j'.repeat(40), 'k'.repeat(40))
    await requireSameKey(db, both)
    expect(both.sealing).toBe(ours.fingerprint)
    const log = createLog('silent')
    const end = followKey(db, both, log)

    await beginRotation({ db, secrets: createSecrets('j'.repeat(40), 'k'.repeat(40)), log }, null)
    while (both.sealing !== others.fingerprint) await new Promise((resolve) => setImmediate(resolve))
    end()

    expect(both.open(ours.seal('old'))).toBe('old')
    await close()
  },
)
