import { expect, test } from 'bun:test'
import { readTree } from './tree.ts'

// A mirror that rewrites addresses leaks into every entry, and then nobody else can install.
const addresses = (lock: string) => lock.match(/\b(?:https?|git|ssh):\/\/\S+/g) ?? []

test('bun.lock names no address', () => {
  expect(addresses(readTree('bun.lock'))).toEqual([])
})

test('an address in a lock is seen', () => {
  expect(addresses('"zod": ["zod@4.6.7", "https://mirror.example/zod.tgz", {}]')).toHaveLength(1)
})

test('every dependency is pinned to one version', () => {
  const { dependencies, devDependencies } = JSON.parse(readTree('package.json'))
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)),
  )

  expect(loose).toEqual([])
})

test('every dependency has its line in the page that says why', () => {
  const { dependencies, devDependencies } = JSON.parse(readTree('package.json'))
  const page = readTree('docs/decisions/0004-libraries.md')
  const named = page.split('\n').flatMap((line) => /^\| ([^|]+) \|/.exec(line)?.[1]?.split(', ') ?? [])

  const used = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !/types/.test(name))
  expect(used.filter((name) => !named.includes(name))).toEqual([])
})
