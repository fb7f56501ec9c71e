import { expect, test } from 'bun:test'
import { createRecent } from './recent.ts'

test('of more than fit, the one that nobody used for longest goes', () => {
  const recent = createRecent<string, number>(2)
  recent.set('a', 1)
  recent.set('b', 2)
  recent.get('a')

  recent.set('c', 3)

  expect([recent.get('a'), recent.get('b'), recent.get('c'), recent.size]).toEqual([1, undefined, 3, 2])
})

test('what is set again or taken away makes no room twice', () => {
  const recent = createRecent<string, number>(2)
  recent.set('a', 1)
  recent.set('a', 2)
  recent.set('b', 3)
  recent.delete('b')
  recent.delete('never')

  expect([recent.get('a'), recent.get('b'), recent.size]).toEqual([2, undefined, 1])
})
