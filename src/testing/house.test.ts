import { expect, test } from 'bun:test'
import { breaks, namesMachine, readsEnvironment, waitsForTime } from './house.ts'
import { type Import, importsOf, isSource, isTest, readTree, treeFiles } from './tree.ts'

const files = treeFiles()
const sources = files.filter(isSource)

interface Imports {
  path: string
  found: Import[]
}

/** A file that leans on `src/testing` is a helper of tests: it may see all, and no part of the program may see it. */
function brokenIn(files: Imports[]): string[] {
  const leans = ({ found }: Imports) => found.some(({ target }) => target.startsWith('src/testing/'))
  const isPart = ({ path }: Imports) => !isTest(path) && !path.startsWith('src/testing/')
  const helpers = new Set(files.filter((file) => isPart(file) && leans(file)).map(({ path }) => path))
  const parts = files.filter((file) => isPart(file) && !helpers.has(file.path))
  return parts.flatMap(({ path, found }) =>
    found.flatMap((one) => {
      const why = helpers.has(one.target) ? 'only tests import tests' : breaks(path, one)
      return why === null ? [] : [`${path} → ${one.target}: ${why}`]
    }),
  )
}

/** What a planted file would be told. */
const told = (path: string, ...lines: string[]) =>
  importsOf(path, lines.join('\n')).map((found) => breaks(path, found))

test('every file imports only what its place in the house allows', () => {
  const imports = sources.map((path) => ({ path, found: importsOf(path, readTree(path)) }))

  expect(brokenIn(imports)).toEqual([])
})

test("a test's helper stands beside it, and only tests may have it", () => {
  const helper = {
    path: 'src/chats/scene.ts',
    found: importsOf('src/chats/scene.ts', "import '../testing/app.ts'"),
  }
  const user = (path: string) => ({ path, found: importsOf(path, "import { scene } from './scene.ts'") })

  expect(brokenIn([helper, user('src/chats/join.test.ts')])).toEqual([])
  expect(brokenIn([helper, user('src/chats/join.ts')])).toEqual([
    'src/chats/join.ts → src/chats/scene.ts: only tests import tests',
  ])
})

test('settings are read in one place', () => {
  expect(sources.filter((path) => readsEnvironment(path, readTree(path)))).toEqual([])
})

test('no test waits for time', () => {
  expect(sources.filter((path) => waitsForTime(path, readTree(path)))).toEqual([])
})

test('no file names a path of a machine', () => {
  const texts = files.filter((path) => !/\.(woff2|png|webp|jpg)$/.test(path))

  expect(texts.filter((path) => namesMachine(readTree(path)))).toEqual([])
})

test('a room may import the ground floor, texts, its own files and the front doors to its left', () => {
  const fine = told(
    'src/chats/join.ts',
    "import { newId } from '../platform/ids.ts'",
    "import { findUser } from '../accounts/index.ts'",
    "import type { Config } from '../config.ts'",
    "import { insertMember } from './sql.ts'",
    "import { z } from 'zod'",
  )

  expect(fine).toEqual([null, null, null, null, null])
})

test.each([
  [
    'src/chats/join.ts',
    "import { sendMessage } from '../messages/index.ts'",
    'messages stands to the right of chats',
  ],
  [
    'src/chats/join.ts',
    "import type { Message } from '../messages/index.ts'",
    'messages stands to the right of chats',
  ],
  ['src/chats/join.ts', "export * from '../messages/index.ts'", 'messages stands to the right of chats'],
  [
    'src/chats/join.ts',
    "const late = () => import('../messages/index.ts')",
    'messages stands to the right of chats',
  ],
  ['src/chats/join.ts', "let m: import('../messages/index.ts').M", 'messages stands to the right of chats'],
  [
    'src/chats/join.ts',
    "import { findUser } from '../accounts/sql.ts'",
    'other rooms are entered through index.ts',
  ],
  [
    'src/chats/join.ts',
    "import { Layout } from '../../views/Layout.tsx'",
    'only an edge (api, pages, frames) imports views',
  ],
  ['src/chats/join.ts', "import { readConfig } from '../config.ts'", 'nothing but a test knows the roof'],
  ['src/chats/join.ts', "import { startNode } from '../testing/node.ts'", 'only tests import tests'],
  [
    'src/chats/join.ts',
    "import { store } from '../client/store.ts'",
    'rooms know nothing of what runs in the browser',
  ],
  ['src/cafe/open.ts', "import { z } from 'zod'", 'this file stands in no room'],
  [
    'src/platform/ids.ts',
    "import { me } from '../accounts/index.ts'",
    'the ground floor imports no room, no view and no text',
  ],
  ['src/platform/http/server.ts', "import '../../app.ts'", 'nothing but a test knows the roof'],
  [
    'views/Layout.tsx',
    "import { newId } from '../src/platform/ids.ts'",
    'views import views, texts and types',
  ],
  [
    'views/islands/Timeline.island.tsx',
    "import { newId } from '../../src/platform/ids.ts'",
    'the browser gets only types of what runs on the server',
  ],
  [
    'src/client/socket.ts',
    "import { Database } from 'bun:sqlite'",
    'this package does not run in the browser',
  ],
  ['src/texts/en.ts', "import { newId } from '../platform/ids.ts'", 'the texts stand alone'],
])('%s may not have %s', (path, line, why) => {
  expect(told(path, line)).toEqual([why])
})

test.each([
  ['src/chats/pages.tsx', "import { Layout } from '../../views/Layout.tsx'"],
  ['src/chats/api.members.ts', "import { Row } from '../../views/Row.tsx'"],
  ['src/app.ts', "import { sendMessage } from './messages/send.ts'"],
  ['src/chats/join.test.ts', "import { startNode } from '../testing/node.ts'"],
  ['views/Layout.tsx', "import type { AssetUrl } from '../src/platform/http/assets.ts'"],
  ['views/islands/Composer.island.tsx', "import { outbox } from '../../src/client/outbox.ts'"],
  ['src/client/sync.ts', "import type { Frame } from '../messages/index.ts'"],
])('%s may have %s', (path, line) => {
  expect(told(path, line)).toEqual([null])
})

test('the other rules see what they forbid', () => {
  const env = `const x = ${'process'}.env.X`
  const sleep = `await ${'Bun'}.sleep(5)`
  const home = `cd ${'/home'}/ann/warren`

  expect(readsEnvironment('src/chats/join.ts', env)).toBe(true)
  expect(readsEnvironment('src/config.ts', env)).toBe(false)
  expect(waitsForTime('src/chats/join.test.ts', sleep)).toBe(true)
  expect(waitsForTime('src/chats/join.ts', sleep)).toBe(false)
  expect(namesMachine(home)).toBe(true)
  expect(namesMachine('GET /chats/home/root, in the home folder')).toBe(false)
})
