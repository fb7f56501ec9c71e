import { expect, test } from 'bun:test'
import { addHeld } from './held.ts'

test('each server of a cluster counts its own channels', () => {
  const answers = [
    { server: 'a', held: 1 },
    { server: 'b', held: 1 },
    { server: 'a', held: 2 },
    { server: 'a', held: 3 },
  ]

  expect(addHeld(answers)).toBe(4)
})

test('what a server forgot when its connection was made anew half-way is missing', () => {
  const answers = [1, 2, 3, 1, 2].map((held) => ({ server: 'a', held }))

  expect(addHeld(answers)).toBe(2)
})
