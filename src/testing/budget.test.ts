import { expect, test } from 'bun:test'
import { dirname } from 'node:path'
import { isEdge } from './house.ts'
import { lintErrors, plantTree } from './lint.ts'
import { importsOf, isSource, isTest, ROOT, readTree, treeFiles } from './tree.ts'

// The budget, exactly (STYLE.md says why):
// - a file has at most 300 lines, tests too; a function at most 60 between its braces, blank lines and the functions
//   within it included; a function at most 4 parameters. Biome counts them (biome.json); tests and contract suites
//   have no budget for functions, because a `describe` is one.
// - a file imports values from at most 6 files of ours. Types are not counted (they are gone when it runs), nor is the
//   ground floor, `src/platform`, to whoever stands above it: it is what a standard library is. An `index.ts` is a list
//   and is free; so is an edge (api, pages, frames), as far as it lists the actions of its own room.
// - the roof (what lies in src itself, config and commands) wires everything and is outside.
const MOST_IMPORTS = 6

const isFree = (path: string) =>
  isTest(path) || /^src\/(\w+\.ts|(config|commands|testing)\/|\w+\/index\.ts$)/.test(path)

/** The files of ours that this one imports values from; to a room the ground floor is not one of them. */
function importedFiles(path: string, source: string): string[] {
  const ours = path.startsWith('src/platform/') ? /^(src|views)\// : /^(src\/(?!platform\/)|views\/)/
  const values = importsOf(path, source).filter(({ typeOnly }) => !typeOnly)
  const listed = isEdge(path) ? dirname(path) : null
  return values.map(({ target }) => target).filter((to) => ours.test(to) && dirname(to) !== listed)
}

const isOver = (path: string, source: string) =>
  !isFree(path) && importedFiles(path, source).length > MOST_IMPORTS

const overBudget = (root: string): string[] =>
  lintErrors(root).filter((error) =>
    /noExcessiveLinesPerFunction|useMaxParams|noExcessiveLinesPerFile/.test(error),
  )

test('every file, function and list of parameters is within the budget', () => {
  expect(overBudget(ROOT)).toEqual([])
})

test('every file imports from few others', () => {
  const sources = treeFiles().filter(isSource)
  const over = sources.filter((path) => isOver(path, readTree(path)))

  expect(over.map((path) => `${path}: ${importedFiles(path, readTree(path)).length}`)).toEqual([])
})

test('what is over the budget is seen, what is on it passes', () => {
  const lines = (count: number) => '  tick()\n'.repeat(count)
  const root = plantTree({
    'views/on.ts': `export function f() {\n${lines(60)}}\n${lines(238)}`,
    'src/chats/on.ts': 'export const take = (a, b, c, d) => a + b + c + d\n',
    'src/chats/long.ts': `export function f() {\n${lines(61)}}\n`,
    'src/chats/long.test.ts': `export function f() {\n${lines(61)}}\n`,
    'src/chats/many.ts': 'export const take = (a, b, c, d, e) => a + b + c + d + e\n',
    'src/chats/big.test.ts': lines(301),
  })

  expect(overBudget(root)).toEqual([
    'src/chats/big.test.ts: noExcessiveLinesPerFile',
    'src/chats/long.ts: noExcessiveLinesPerFunction',
    'src/chats/many.ts: useMaxParams',
  ])
})

test('a promise that nobody awaits is seen, also one of another file', () => {
  const root = plantTree({
    'src/chats/store.ts': 'export async function store(): Promise<number> {\n  return 1\n}\n',
    'src/chats/lost.ts': "import { store } from './store.ts'\n\nexport function lose() {\n  store()\n}\n",
    'src/chats/kept.ts':
      "import { store } from './store.ts'\n\nexport const keep = async () => await store()\n",
  })

  expect(lintErrors(root)).toEqual(['src/chats/lost.ts: noFloatingPromises'])
})

test('a seventh file is seen; types and the ground floor are not counted', () => {
  const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `import { ${name} } from './${name}.ts'`)
  const free = [
    "import type { T } from './t.ts'",
    "import { newId } from '../platform/ids.ts'",
    "import { z } from 'zod'",
  ]

  expect(isOver('src/chats/join.ts', [...six, ...free].join('\n'))).toBe(false)
  expect(isOver('src/chats/join.ts', [...six, "import './g.ts'"].join('\n'))).toBe(true)
  expect(isOver('src/chats/api.ts', [...six, "import './g.ts'"].join('\n'))).toBe(false)
})
