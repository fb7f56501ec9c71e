import { expect, test } from 'bun:test'
import { ANN, aMember, BO } from '../testing/sample.ts'
import { begunAt, complete, rankMembers } from './mention.ts'

test('a mention begins after white space or a bracket, not inside an address', () => {
  expect(begunAt('hi @An', 6)).toEqual({ from: 3, word: 'an' })
  expect(begunAt('(@', 2)).toEqual({ from: 1, word: '' })
  expect(begunAt('ann@example', 11)).toBeNull()
  expect(begunAt('hi @an and', 10)).toBeNull()
})

test('who spoke here lately comes first, and either alphabet finds either', () => {
  const cy = aMember('01900000-0000-7000-8000-00000000000c', 3, {
    user: {
      id: '01900000-0000-7000-8000-00000000000c',
      username: 'cy',
      full_name: 'Борис Сай',
      avatar_url: null,
    },
  })
  const members = [aMember(ANN, 1), aMember(BO, 2), cy]
  const find = (word: string, recency = new Map<string, number>()) =>
    rankMembers(members, { word, recency, me: ANN }).map(({ username }) => username)

  expect(find('bo')).toEqual(['bo', 'cy'])
  expect(find('бо', new Map([[cy.user.id, 9]]))).toEqual(['cy', 'bo'])
  expect(find('ann')).toEqual([])
})

test('a chosen name is written out with a space behind it', () => {
  expect(complete('hi @b there', 5, { from: 3, word: 'b' }, 'bo')).toEqual({ text: 'hi @bo there', caret: 7 })
  expect(complete('@', 1, { from: 0, word: '' }, 'bo')).toEqual({ text: '@bo ', caret: 4 })
})
