import { expect, test } from 'bun:test'
import { ownUserWire, userWire } from '../../accounts/index.ts'
import { chatWire, memberWire, meWire } from '../../chats/index.ts'
import { inviteWire } from '../../joining/index.ts'
import { messageWire } from '../../timeline/index.ts'
import { readTree } from '../tree.ts'

// The page and the schemas name the same fields: what either has alone stands under "Additions".

const page = readTree('docs/protocol.md')

/** The top-level names of `{a, b:{c}, d (note)}` after these words of the page. */
function fieldsAfter(words: string): string[] {
  const start = page.indexOf('{', page.indexOf(words) + words.length - 1)
  const names: string[] = []
  let depth = 0
  let name = ''
  for (const char of page.slice(start)) {
    const isEnd = (char === ',' || char === '}') && depth === 1
    if (isEnd) names.push(/^\s*(\w+)/.exec(name)?.[1] ?? '')
    if (isEnd) name = ''
    else if (depth === 1) name += char
    if ('{[('.includes(char)) depth++
    if ('}])'.includes(char)) depth--
    if (depth === 0) return names
  }
  throw new Error(`nothing after ${words}`)
}

const SHAPES: [string, string, { shape: object }, string[]][] = [
  ['message', 'message = `{', messageWire, []],
  ['chat', 'chat = `{', chatWire, ['faces']],
  ['me', ' me:{', meWire, []],
  ['user', 'user = `{', userWire, []],
  ['invite', '{invite:{', inviteWire, []],
  ['member', 'member:{', memberWire, []],
]

test.each(SHAPES)(
  '%s has the fields that the page names, and its additions',
  (_, words, { shape }, added) => {
    const named = fieldsAfter(words)

    expect(named.length).toBeGreaterThan(5)
    expect(Object.keys(shape).toSorted()).toEqual([...named, ...added].toSorted())
  },
)

test('to oneself a user has e-mail, phone and language beside', () => {
  const more = Object.keys(ownUserWire.shape).filter((name) => !(name in userWire.shape))

  expect(more.toSorted()).toEqual(['email', 'locale', 'phone_number'])
})

test('every addition to a shape is named on the page', () => {
  const additions = page.slice(page.indexOf('## Additions'), page.indexOf('## Examples'))

  for (const [, , , added] of SHAPES) for (const name of added) expect(additions).toContain(`\`${name}\``)
  expect(additions).toContain('`locale`')
})
