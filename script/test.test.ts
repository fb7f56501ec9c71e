import { expect, test } from 'bun:test'
import { countTests } from './test.ts'

const junit = (tests: number, failures: number, skipped: number) =>
  `<testsuites name="bun test" tests="${tests}" assertions="9" failures="${failures}" skipped="${skipped}">`

test('passed, failed and left out are told apart', () => {
  expect(countTests(junit(9, 2, 3), 1)).toEqual({ passed: 4, failed: 2, skipped: 3 })
})

test('a run that broke off, or failed between its tests, has failed', () => {
  expect(countTests('', 139)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  expect(countTests(junit(3, 0, 0), 1)).toEqual({ passed: 3, failed: 1, skipped: 0 })
})

test('a run without an error has none', () => {
  expect(countTests(junit(3, 0, 0), 0)).toEqual({ passed: 3, failed: 0, skipped: 0 })
})
