import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestNode, type TestNode, type TestPerson } from '../testing/node.ts'

let node: TestNode
let ann: TestPerson
let cy: TestPerson
let oldTea: string
beforeAll(async () => {
  node = await startTestNode()
  ann = await node.person('ann')
  cy = await node.person('cy')
  for (const [name, visibility] of [
    ['tea', 'public'],
    ['den', 'private'],
  ] as const)
    await make(name, { visibility })
  const put = [
    await make('old-tea', { visibility: 'public' }),
    await make('old-den', { visibility: 'private' }),
    await make('Old crew', { kind: 'group' }),
  ]
  oldTea = put[0] ?? ''
  for (const id of put) await ann.put(`/api/chats/${id}`, { archived: true })
})
afterAll(() => node.stop())

const make = async (name: string, more: object): Promise<string> =>
  (await ann.post('/api/chats', { kind: 'channel', name, ...more })).body.chat.id
const listed = async (who: TestPerson, query: string) => {
  const { body } = await who.get(`/channels${query}`)
  const names = [...body.matchAll(/<h2 dir="auto">([^<]+)<\/h2>/g)].map(([, name]) => name)
  return { names, body }
}

test("what was archived has a tab: one's own first, private chats and groups too, then public channels", async () => {
  expect((await listed(ann, '')).names).toEqual(['tea'])
  expect((await listed(ann, '?show=mine')).names).toEqual(['den', 'tea'])
  expect((await listed(ann, '?show=archived')).names).toEqual(['Old crew', 'old-den', 'old-tea'])
  expect((await listed(ann, '?show=archived&query=DEN')).names).toEqual(['old-den'])
})

test('cy, who is in none of them, sees the public one alone, and no button that would be refused', async () => {
  const { names, body } = await listed(cy, '?show=archived')
  const outside = (await cy.get(`/chats/${oldTea}`)).body

  expect(names).toEqual(['old-tea'])
  for (const html of [body, outside]) expect(html).not.toMatch(/\/chats\/[\w-]+\/join/)
  expect(outside).toContain('It is archived. Nobody new can join.')
  expect((await listed(cy, '?show=mine')).names).toEqual([])
  expect((await listed(cy, '')).body).toMatch(/\/chats\/[\w-]+\/join/)
})
