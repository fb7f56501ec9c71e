import { expect, test } from 'bun:test'
import { cutPower, type Fate } from './disk.ts'
import type { Entry } from './journal.ts'

const DB = 7
const text = (words: string) => new TextEncoder().encode(words)
const entry = (kind: Entry['kind'], fields: Partial<Entry> = {}): Entry => ({
  kind,
  path: 'db',
  inode: DB,
  offset: 0,
  data: new Uint8Array(),
  ...fields,
})
const after = (entries: Entry[], fate: Fate, before: Record<string, string> = {}) => {
  const files = new Map(Object.entries(before).map(([path, words]) => [path, text(words)]))
  const cut = cutPower(files, entries, () => fate)
  return Object.fromEntries([...cut.files].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]))
}

test('what was synced is on the disk, what came after it is not', () => {
  const entries = [
    entry('W', { data: text('new') }),
    entry('S', { offset: 1 }),
    entry('W', { data: text('late'), offset: 3 }),
  ]

  expect(after(entries, 'dropped', { db: 'old' })).toEqual({ db: 'new' })
  expect(after(entries, 'kept', { db: 'old' })).toEqual({ db: 'newlate' })
})

test('a sync promises nothing of what was written while it was under way', () => {
  const entries = [
    entry('W', { data: text('one') }),
    entry('W', { data: text('two'), offset: 3 }),
    entry('S', { offset: 1 }),
  ]

  expect(after(entries, 'dropped', { db: '' })).toEqual({ db: 'one' })
})

test('what a failed sync was about may be gone, and then a later sync does not bring it back', () => {
  const entries = [entry('W', { data: text('one') }), entry('E', { offset: 1 }), entry('S', { offset: 2 })]

  expect(after(entries, 'dropped', { db: 'old' })).toEqual({ db: 'old' })
  expect(after(entries, 'kept', { db: 'old' })).toEqual({ db: 'one' })
})

test('a new file is there once its folder was synced, a renamed one under its old name until then', () => {
  const entries = [
    entry('C'),
    entry('W', { data: text('here') }),
    entry('S', { offset: 2 }),
    entry('S', { path: '.', inode: 1, offset: 3 }),
    entry('R', { inode: 0, data: text('next') }),
    entry('C', { path: 'other', inode: 8 }),
  ]

  expect(after(entries.slice(0, 3), 'dropped')).toEqual({})
  expect(after(entries, 'dropped')).toEqual({ db: 'here' })
  expect(after(entries, 'kept')).toEqual({ next: 'here', other: '' })
})

test('a file that was cut short and grew again has zeros between', () => {
  const entries = [entry('T', { offset: 1 }), entry('W', { data: text('z'), offset: 3 })]

  expect(after(entries, 'kept', { db: 'abcd' })).toEqual({ db: 'a\0\0z' })
})

test('a torn page has a first part of its sectors', () => {
  const [{ length = 0 } = {}] = Object.values(
    after([entry('W', { data: text('x'.repeat(8192)) })], 'torn', { db: '' }),
  )

  expect(length).toBe(4096 + 3 * 512)
})
