import { expect, test } from 'bun:test'
import { clientId, id, line, text, toTime } from './schema.ts'

const faultsOf = (schema: typeof text extends (max: number) => infer S ? S : never, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({ message }) => message) ?? []

test('ids are taken in any case and kept in lower case', () => {
  const shouted = '019ABA2E-1C55-7000-8000-00000000000F'

  expect(id<'chat'>().parse(shouted) as string).toBe(shouted.toLowerCase())
  expect(clientId.parse(shouted)).toBe(shouted.toLowerCase())
  expect(clientId.safeParse('nothing of the kind').success).toBe(false)
  expect(id<'chat'>().safeParse(7).success).toBe(false)
})

test('a text is kept in NFC, and measured so', () => {
  const decomposed = 'е\u0308'.repeat(3)

  expect(text(3).parse(decomposed)).toBe('ё'.repeat(3))
  expect(text(2).safeParse(decomposed).success).toBe(false)
  expect(text(9, 4).safeParse(decomposed).success).toBe(false)
  expect(line(12, 1).parse('  one line ')).toBe('one line')
  expect(line(9, 1).safeParse('   ').success).toBe(false)
})

test('what cannot be text at all is told so, and nothing else', () => {
  expect(faultsOf(text(2), 'lone \ud800 surrogate')).toEqual(['holds a lone surrogate'])
  expect(faultsOf(text(2), 'nul \0 here')).toEqual(['holds a control character'])
  expect(faultsOf(line(20), 'two\nlines')).toEqual(['holds a line break'])
  expect(faultsOf(text(2), 'three')).toEqual(['longer than 2 characters'])
})

test('a time is told in UTC to the millisecond, whatever was told before', () => {
  const times = [0, 1_700_000_000_001, 1_700_000_000_001, 1_700_000_000_002, 0]

  expect(times.map(toTime)).toEqual(times.map((ms) => new Date(ms).toISOString()))
})
