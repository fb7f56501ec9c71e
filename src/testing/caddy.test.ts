import { expect, test } from 'bun:test'
import { isNewEnough } from './caddy.ts'

test.each([
  ['v2.6.2', false],
  ['v2.11.2 h1:+1Zo', false],
  ['v2.11.3 h1:+1Zo', true],
  ['v2.11.10 h1:+1Zo', true],
  ['v2.12.0-beta.1', true],
  ['(devel)', true],
  ['', false],
])('a Caddy that says "%s" is new enough for what we ship: %p', (said, isNew) => {
  expect(isNewEnough(said)).toBe(isNew)
})
