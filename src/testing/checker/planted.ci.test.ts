import { expect, test } from 'bun:test'
import { BUGS } from './bugs.ts'
import { describe, foundIn } from './findings.ts'
import { judge } from './planted.ts'
import { plant } from './tree.ts'

// The checker is worth what it finds: each of these bugs is put into a copy of the program, which is then used as
// any other. The same load over the program without a bug, whose commits fail now and then, finds nothing.

test('where nothing is planted but failing commits, the checker finds nothing', async () => {
  const findings = await judge([])

  expect(describe(findings)).toBe('')
}, 30_000)

test.each(BUGS)(
  'the checker finds: $name',
  async ({ patches, found }) => {
    const findings = await judge(patches)

    expect(foundIn(findings).filter((name) => found.includes(name))).not.toEqual([])
  },
  // Some are found by what does not come, which is waited for.
  90_000,
)

test('a plan that no longer fits the program says so', () => {
  expect(() => plant([{ path: 'src/main.ts', text: 'no such line', becomes: '' }])).toThrow('has 0 places')
})
