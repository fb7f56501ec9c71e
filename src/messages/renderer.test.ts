import { expect, test } from 'bun:test'
import { hadItsTime, renderElsewhere } from './renderer.ts'

const SLOW = '['.repeat(16_000)
const PATIENT = 10_000

test('what takes too long is given up, and the next is rendered all the same (S-27)', async () => {
  const slow = renderElsewhere(SLOW, 1)
  const next = renderElsewhere('*next*', PATIENT)

  expect(await slow).toBeNull()
  expect((await next)?.html).toBe('<p><em>next</em></p>')
})

test('on a machine that gives it no turn a text has longer, but not for ever', () => {
  expect(hadItsTime(100, { cpuMs: 12, wallMs: 180 })).toBe(false)
  expect(hadItsTime(100, { cpuMs: 104, wallMs: 120 })).toBe(true)
  expect(hadItsTime(100, { cpuMs: 12, wallMs: 2_050 })).toBe(true)
})

test('texts come back in the order in which they were given', async () => {
  const order: number[] = []
  await Promise.all([0, 1, 2, 3].map((i) => renderElsewhere(`*${i}*`, PATIENT).then(() => order.push(i))))

  expect(order).toEqual([0, 1, 2, 3])
})

test('a flood of slow texts is not queued for seconds: what is too much stays plain at once (S-27)', async () => {
  const flood = Array.from({ length: 40 }, (_, i) => renderElsewhere(`*${i}*`, PATIENT))
  const rendered = await Promise.all(flood)

  expect(rendered.slice(0, 30).every((one) => one !== null)).toBe(true)
  expect(rendered.slice(-5)).toEqual([null, null, null, null, null])
})
