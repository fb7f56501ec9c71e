import { expect, test } from 'bun:test'
import { plainOf } from './plain.ts'

test('a quote shows words, not the signs of their markup', () => {
  expect(plainOf('**−11 °C**, *gusts* to ~~90~~ `96` km/h, see [the log](https://example.org/log)')).toBe(
    '−11 °C, gusts to 90 96 km/h, see the log',
  )
  expect(plainOf('see [the log](https://examp')).toBe('see the log')
  expect(plainOf('> so it was\n# said')).toBe('so it was\nsaid')
  expect(plainOf('```c\nwhile (true) {}\n```').trim()).toBe('while (true) {}')
})

test('what is no markup stays', () => {
  for (const text of ['snake_case_name', '2 * 3 * 4', 'a** b', '#general', '`'])
    expect(plainOf(text)).toBe(text)
})
