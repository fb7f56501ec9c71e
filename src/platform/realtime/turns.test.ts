import { afterEach, beforeEach, expect, test } from 'bun:test'
import { z } from 'zod'
import { startWire, type Wire } from '../../testing/wire.ts'
import { heavyFrame } from './frames.ts'

interface Begun {
  name: string
  end: () => void
}

let wire: Wire
let begun: Begun[]
let heard: ((begun: Begun) => void)[]
/** Waits for the next that begins. */
const next = () => new Promise<Begun>((resolve) => heard.push(resolve))

beforeEach(() => {
  begun = []
  heard = []
  const dig = heavyFrame(z.strictObject({ name: z.string() }), async (_app, _session, { name }) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const one = { name, end: resolve }
    begun.push(one)
    heard.shift()?.(one)
    await promise
    return { name }
  })
  wire = startWire({ frames: { dig } })
})
afterEach(() => wire.stop())

const names = () => begun.map(({ name }) => name)

test('heavy frames of a user are carried out one after another, whichever socket they came by (C11)', async () => {
  const [desk, phone, bo] = [await wire.connect('ann'), await wire.connect('ann'), await wire.connect('bo')]
  const first = next()
  const asked = [desk.asks('dig', { name: 'desk' })]
  await first
  asked.push(phone.asks('dig', { name: 'phone' }))
  await phone.ping()
  const theirs = next()
  asked.push(bo.asks('dig', { name: 'bo' }))
  await theirs

  expect(names()).toEqual(['desk', 'bo'])

  const second = next()
  begun[0]?.end()
  expect((await second).name).toBe('phone')
  for (const { end } of begun) end()
  expect(await Promise.all(asked)).toEqual([{ name: 'desk' }, { name: 'phone' }, { name: 'bo' }])
})

test('a socket with one heavy frame at work and one that waits is refused a third, and soon not (S-46)', async () => {
  const ann = await wire.connect('ann')
  const first = next()
  const asked = [ann.asks('dig', { name: '1' }), ann.asks('dig', { name: '2' })]
  await first

  const refused = await ann.asks('dig', { name: '3' }).catch((error) => error)

  expect(refused).toMatchObject({ code: 'rate_limited', retry_after_ms: expect.any(Number) })
  const second = next()
  begun[0]?.end()
  ;(await second).end()
  await Promise.all(asked)
  const again = next()
  const last = ann.asks('dig', { name: '4' })
  ;(await again).end()
  expect(await last).toEqual({ name: '4' })
})

test('nothing is dug for a socket that went meanwhile', async () => {
  const [desk, phone] = [await wire.connect('ann'), await wire.connect('ann')]
  const first = next()
  const asked = desk.asks('dig', { name: 'desk' })
  await first
  phone.send({ type: 'dig', name: 'phone' })
  await phone.ping()
  phone.close()
  await phone.closed
  await desk.ping()

  begun[0]?.end()
  await asked
  const again = next()
  const last = desk.asks('dig', { name: 'desk again' })
  ;(await again).end()
  await last

  expect(names()).toEqual(['desk', 'desk again'])
})
