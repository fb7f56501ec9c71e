// What a hostile or broken client puts where a value belongs.

const deep = (levels: number): unknown => (levels === 0 ? 'x' : [deep(levels - 1)])

/** Values that stand in for any one field. Those that happen to be right for a field are left out by its schema. */
export const NASTY: readonly [string, unknown][] = [
  ['null', null],
  ['a boolean', true],
  ['a number', 7],
  ['a negative', -1],
  ['a fraction', 1.5],
  ['a huge number', 1e308],
  ['beyond safe integers', 2 ** 53],
  ['nothing', ''],
  ['white space', ' \t\n'],
  ['NUL', 'a\u0000b'],
  ['an escape', '\u001b[31m'],
  ['a lone surrogate', 'a\ud800b'],
  ['too long', 'x'.repeat(20_000)],
  ['many code points', '🫖'.repeat(16_001)],
  ['SQL', "' or 1=1; drop table users; --"],
  ['a path', '../../etc/passwd'],
  ['an empty list', []],
  ['a list', ['x']],
  ['a long list', new Array(3000).fill('x')],
  ['an empty object', {}],
  ['an operator', { $ne: null }],
  ['an impostor', { toString: 'x', length: 1 }],
  ['depth within bounds', deep(15)],
]

/** A body or frame in which one thing is wrong. */
export interface Spoilt {
  what: string
  /** With a key more: refused, whatever the schema says. */
  isUnknown: boolean
  body: Record<string, unknown>
}

/** Every field missing, every field nasty, and keys that nobody asked for. */
export function spoil(good: Readonly<Record<string, unknown>>): Spoilt[] {
  const keys = Object.keys(good)
  return [
    ...keys.map((key) => ({ what: `without ${key}`, isUnknown: false, body: without(good, key) })),
    ...keys.flatMap((key) =>
      NASTY.map(([name, value]) => ({
        what: `${key}: ${name}`,
        isUnknown: false,
        body: { ...good, [key]: value },
      })),
    ),
    ...['more', 'constructor', 'id', 'is_admin', 'sender_id', ''].map((key) => ({
      what: `with ${key}`,
      isUnknown: true,
      body: { ...good, [key]: 'x' },
    })),
  ]
}

const without = (good: Readonly<Record<string, unknown>>, key: string) =>
  Object.fromEntries(Object.entries(good).filter(([name]) => name !== key))

/** Whole bodies that are no object of JSON, as text. */
export const BROKEN: readonly [string, string | Uint8Array<ArrayBuffer>][] = [
  ['null', 'null'],
  ['a list', '[]'],
  ['a string', '"x"'],
  ['a number', '1'],
  ['half', '{"a":'],
  ['two', '{}{}'],
  ['NaN', '{"a":NaN}'],
  ['a comment', '{/**/}'],
  ['__proto__', '{"__proto__":{"role":"owner"}}'],
  ['deep', `{"a":${'['.repeat(25)}${']'.repeat(25)}}`],
  ['very deep', `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
  ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
]

/** Ids in a path that name nothing of the kind. */
export const NO_IDS = [
  'x',
  '1',
  '-1',
  'null',
  '00000000-0000-0000-0000-00000000000',
  '00000000-0000-4000-8000-000000000000',
  '%00',
  '%ff',
  '..%2f..%2fetc',
  '%27%20or%201%3D1',
  'x'.repeat(300),
  '🫖',
]

/** Values of a query that are right nowhere. */
export const NO_QUERIES = [
  '%00',
  '-1',
  '1.5',
  '1e400',
  'NaN',
  'x'.repeat(1000),
  '%ff',
  '[]',
  '%7B%24ne%3A1%7D',
]
