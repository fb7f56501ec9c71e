import { expect, test } from 'bun:test'
import { isSource, isTest, readTree, treeFiles } from '../tree.ts'

// No pattern of ours can be made to think for long (S-27): each is given long runs of what it is made of.

interface Pattern {
  path: string
  source: string
  flags: string
}

/** Literals at a place where an expression may begin: what Biome formats, this finds. */
const LITERAL =
  /(?<=[=(,:?&|!]\s*|^\s*|return\s+)\/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])*)\/([dgimsuvy]*)/gm

const patternsIn = (path: string, text: string): Pattern[] =>
  [...text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '').matchAll(LITERAL)].flatMap(([, source = '', flags = '']) =>
    compiles(source, flags) ? [{ path, source, flags }] : [],
  )

function compiles(source: string, flags: string): boolean {
  try {
    return new RegExp(source, flags) !== null
  } catch {
    return false
  }
}

const LENGTH = 30_000
const PIECES = [
  'a',
  '0',
  ' ',
  '\t',
  '\n',
  '.',
  '-',
  '_',
  '@',
  '/',
  '\\',
  '"',
  "'",
  '<',
  '&',
  '%',
  ';',
  ',',
  ':',
  '*',
  '`',
  '[',
  '](',
  '(',
  '=',
  '+',
  '~',
  '>',
  '|',
  '!',
  '#',
  '{',
  'é',
  'ё',
  '😀',
  '\u200d',
  '\u0301',
  'a.',
  'a-',
  'a@',
  '@a',
  'a/',
  '; q=0',
  ' =',
  'a=',
  '1.',
  '\n> ',
  '**a',
  '`a',
  '"a',
  'http://',
  'a b',
]
const ENDS = ['', '\u0000', '!', '\n', '"']

/** Long enough that what grows by the square is seen, and no machine is slow enough to be taken for it. */
const BUDGET_MS = 100

function slowest({ source, flags }: Pattern): { ms: number; piece: string } {
  let worst = { ms: 0, piece: '' }
  for (const piece of PIECES)
    for (const end of ENDS) {
      const text = piece.repeat(Math.ceil(LENGTH / piece.length)) + end
      const ms = Math.min(took(source, flags, text), took(source, flags, text))
      if (ms > worst.ms) worst = { ms, piece: piece + end }
      if (ms > BUDGET_MS) return worst
    }
  return worst
}

function took(source: string, flags: string, text: string): number {
  const pattern = new RegExp(source, flags.replaceAll(/[gy]/g, ''))
  const before = performance.now()
  pattern.test(text)
  return performance.now() - before
}

test('every pattern in the program answers at once, whatever it is asked (S-27, S-29)', () => {
  const patterns = treeFiles()
    .filter((path) => isSource(path) && !isTest(path) && !path.startsWith('src/testing/'))
    .flatMap((path) => patternsIn(path, readTree(path)))

  const slow = patterns
    .map((pattern) => ({ ...pattern, ...slowest(pattern) }))
    .filter(({ ms }) => ms > BUDGET_MS)

  expect(patterns.length).toBeGreaterThan(60)
  expect(slow).toEqual([])
}, 120_000)

test('a pattern that goes astray is seen, and all that are written are found', () => {
  const text =
    'const a = /^(a+)+$/\nif (/x\\/y[/]z/u.test(b)) return /\\s+$/g\n// not /this/\nconst half = a / b / c'
  const found = patternsIn('x.ts', text)

  expect(found.map(({ source }) => source)).toEqual(['^(a+)+$', 'x\\/y[/]z', '\\s+$'])
  expect(took('\\s+$', '', `${' '.repeat(LENGTH)}!`)).toBeGreaterThan(BUDGET_MS)
})
