import { expect, test } from 'bun:test'
import { keepFigure } from './figure.ts'
import { createMetrics } from './metrics.ts'

test('what costs a query is asked once for many scrapes', async () => {
  let asked = 0
  const look = keepFigure(createMetrics(), { what: 'jobs', keepMs: 60_000 }, async () => ++asked)

  expect(await Promise.all([look.value(), look.value()])).toEqual([1, 1])
  expect(await look.value()).toBe(1)
})

test('what fails is not known, is counted, and is asked again', async () => {
  const metrics = createMetrics()
  const answers = [Promise.reject(new Error('away')), Promise.resolve(7)]
  const look = keepFigure(metrics, { what: 'jobs', keepMs: 60_000 }, () => answers.shift() as Promise<number>)

  expect(await look.value()).toBeNull()
  expect(await look.value()).toBe(7)
  expect([...metrics.unread]).toEqual([['jobs', 1]])
})

test('a scrape does not wait for a database that hangs', async () => {
  const metrics = createMetrics()
  const hanging = Promise.withResolvers<number>()
  const look = keepFigure(metrics, { what: 'jobs', keepMs: 60_000 }, () => hanging.promise)

  expect(await look.value()).toBeNull()
  expect([...metrics.unread]).toEqual([['jobs', 1]])
  hanging.resolve(3)
  expect(await look.value()).toBe(3)
})
