import { expect, test } from 'bun:test'
import { closeSync, openSync } from 'node:fs'
import { watchDescriptors } from './descriptors.ts'

test('at 90 % of the descriptors the node calls itself full, below it does not', () => {
  const open = [...Array(40)].map(() => openSync('/dev/null', 'r'))

  expect(watchDescriptors(10_000).isNearlyFull(1)).toBe(false)
  expect(watchDescriptors(10_000).isNearlyFull(9000)).toBe(true)
  // Not sockets alone: these forty files count too.
  expect(watchDescriptors(40).isNearlyFull(1)).toBe(true)
  for (const fd of open) closeSync(fd)
})

test('where the system has no limit the node is never full', () => {
  expect(watchDescriptors(Number.POSITIVE_INFINITY).isNearlyFull(1_000_000)).toBe(false)
})
