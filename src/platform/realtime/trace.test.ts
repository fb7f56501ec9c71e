import { afterEach, expect, test } from 'bun:test'
import { z } from 'zod'
import { startWire, type Wire } from '../../testing/wire.ts'
import { traceNow } from '../trace.ts'
import { frame, heavyFrame } from './frames.ts'

let wire: Wire
afterEach(() => wire.stop())

test('what a socket asks for belongs to the request that opened it', async () => {
  const tell = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return { ...traceNow() }
  }
  wire = startWire({
    frames: { light: frame(z.strictObject({}), tell), heavy: heavyFrame(z.strictObject({}), tell) },
  })
  const [ann, other] = [await wire.connect('ann'), await wire.connect('ann')]

  const [light, heavy, elsewhere] = await Promise.all([
    ann.asks('light'),
    ann.asks('heavy'),
    other.asks('heavy'),
  ])

  expect(light.requestId).toMatch(/^[0-9a-f-]{36}$/)
  expect(light.traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(heavy).toEqual(light)
  expect(elsewhere.requestId).not.toBe(light.requestId)
})
