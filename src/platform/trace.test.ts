import { expect, test } from 'bun:test'
import { readTrace, traceNow, traceparentOf, within } from './trace.ts'

const ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'

test('a trace that the caller began goes on here, as a piece of its own', () => {
  const trace = readTrace(`00-${ID}-${SPAN}-01`, 'r')

  expect(trace).toMatchObject({ requestId: 'r', traceId: ID, flags: '01' })
  expect(trace.spanId).toMatch(/^[0-9a-f]{16}$/)
  expect(trace.spanId).not.toBe(SPAN)
  expect(traceparentOf(trace)).toBe(`00-${ID}-${trace.spanId}-01`)
})

test('without one there is a new one, another each time, that nobody records', () => {
  const [one, other] = [readTrace(null, 'r'), readTrace(null, 'r')]

  expect(one.traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(one.traceId).not.toBe(other.traceId)
  expect(one.flags).toBe('00')
})

test('of the flags only "sampled" is handed on', () => {
  expect(readTrace(`00-${ID}-${SPAN}-ff`, null).flags).toBe('01')
  expect(readTrace(`00-${ID}-${SPAN}-fe`, null).flags).toBe('00')
})

test('a later version may say more; ours says what it knows', () => {
  expect(readTrace(`cc-${ID}-${SPAN}-01-what-the-future-brings`, null).traceId).toBe(ID)
  expect(readTrace(`cc-${ID}-${SPAN}-01`, null).traceId).toBe(ID)
})

test.each([
  ['nothing', ''],
  ['words', 'hello'],
  ['version 00 that says more', `00-${ID}-${SPAN}-01-more`],
  ['a version that cannot be', `ff-${ID}-${SPAN}-01`],
  ['a later version without its dash', `cc-${ID}-${SPAN}-01more`],
  ['no trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['no span', `00-${ID}-${'0'.repeat(16)}-01`],
  ['capitals', `00-${ID.toUpperCase()}-${SPAN}-01`],
  ['a short id', `00-${ID.slice(1)}-${SPAN}-01`],
  ['a long id', `00-${ID}0-${SPAN}-01`],
  ['no hex', `00-${'g'.repeat(32)}-${SPAN}-01`],
  ['spaces', ` 00-${ID}-${SPAN}-01`],
  ['two, joined as HTTP joins them', `00-${ID}-${SPAN}-01, 00-${ID}-${SPAN}-01`],
  ['a line of its own', `00-${ID}-${SPAN}-01\n{"level":"error"}`],
  ['a line of its own, in the future', `cc-${ID}-${SPAN}-01-a\r\nSet-Cookie: x=y`],
  ['a book', `cc-${ID}-${SPAN}-01-${'a'.repeat(10_000)}`],
  ['full-width digits', `00-${ID.replaceAll('4', '\uff14')}-${SPAN}-01`],
])('what is no traceparent was not said: %s', (_, said) => {
  const trace = readTrace(said, null)

  expect(trace.traceId).not.toBe(ID)
  expect(traceparentOf(trace)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
})

test('what is begun inside of a trace belongs to it, also later; what is not belongs to none', async () => {
  const trace = readTrace(null, 'r')
  const seen = within(trace, async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return traceNow()
  })

  expect(traceNow()).toBeUndefined()
  expect(await seen).toBe(trace)
  expect(traceNow()).toBeUndefined()
})
