import { expect, test } from 'bun:test'
import { readTree, treeFiles } from './tree.ts'

// Without it `bun run` and `bun test` take the other runtime, and an island renders empty without an error.
const pragmaOf = (path: string) =>
  `/** @jsxImportSource ${path.startsWith('views/islands/') ? 'preact' : 'hono/jsx'} */`

const isRight = (path: string, source: string) => source.split('\n', 1)[0] === pragmaOf(path)

test('every .tsx names its JSX runtime in its first line', () => {
  const pages = treeFiles().filter((path) => path.endsWith('.tsx'))

  expect(pages).not.toBeEmpty()
  expect(pages.filter((path) => !isRight(path, readTree(path)))).toEqual([])
})

test('a pragma that is missing, late or of the other runtime is seen', () => {
  const preact = '/** @jsxImportSource preact */\n'

  expect(isRight('views/islands/Timeline.island.tsx', preact)).toBe(true)
  expect(isRight('views/Layout.tsx', preact)).toBe(false)
  expect(isRight('views/islands/Timeline.island.tsx', `\n${preact}`)).toBe(false)
  expect(isRight('views/islands/Timeline.island.tsx', '')).toBe(false)
})
