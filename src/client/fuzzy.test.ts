import { expect, test } from 'bun:test'
import { fitOf, markedIn } from './fuzzy.ts'

test('a name that begins with what was typed fits best, then a word of it, then a part, then spread letters', () => {
  const fits = ['anna', 'joe anders', 'hannah', 'a big nut'].map((name) => fitOf(name, 'an'))

  expect(fits).toEqual([...fits].sort((a, b) => b - a))
  expect(new Set(fits).size).toBe(4)
  expect(fitOf('bo', 'an')).toBe(0)
})

test('either alphabet finds either', () => {
  expect(fitOf('Анна', 'anna')).toBeGreaterThan(40)
  expect(fitOf('Boris', 'бор')).toBeGreaterThan(40)
})

test('what was typed is marked in the name', () => {
  expect(markedIn('Joe Anders', 'an')).toEqual(['Joe ', 'An', 'ders'])
  expect(markedIn('Joe', '')).toEqual(['Joe', '', ''])
})
