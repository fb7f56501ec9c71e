import { expect, test } from 'bun:test'
import { readTree, treeFiles } from './tree.ts'

// Of each promise the page of faults says what would show on three nodes that it was not kept.

const PROMISED = [...Array.from({ length: 14 }, (_, at) => `C${at + 1}`), 'C17', 'C18']
const LISTED = readTree('docs/faults.md').matchAll(/^\| (C\d+) [^|]+\|([^|]+)\|([^|]+)\|$/gm)
const rows = [...LISTED].map(([, id = '', finding = '', beside = '']) => ({ id, finding, beside }))

test('every promise is looked after on three nodes', () => {
  expect(rows.map(({ id }) => id)).toEqual(PROMISED)
})

test('what it is looked after by is there: the findings of the checker, the rows of the matrix', () => {
  const checker = readTree('src/testing/checker/findings.ts')
  const matrix = treeFiles()
    .filter((path) => path.startsWith('src/testing/faults/cluster/'))
    .map(readTree)
    .join('\n')

  const findings = rows.flatMap(({ finding }) => [...finding.matchAll(/\*(\w+)\*/g)].map(([, name]) => name))
  const faults = rows.flatMap(({ beside }) => beside.match(/F\d+/g) ?? [])
  expect(findings.filter((name) => !checker.includes(`${name}: string[]`))).toEqual([])
  expect(faults.filter((id) => !matrix.includes(`id: '${id}'`))).toEqual([])
  expect([findings.length, faults.length].map((count) => count > 15)).toEqual([true, true])
})
