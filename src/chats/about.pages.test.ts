import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestNode, type TestNode, type TestPerson } from '../testing/node.ts'

let node: TestNode
let ann: TestPerson
let bo: TestPerson
let cy: TestPerson
beforeAll(async () => {
  node = await startTestNode()
  ann = await node.person('ann')
  bo = await node.person('bo')
  cy = await node.person('cy')
  await bo.put('/api/users/me', {
    status_text: 'At <sea>',
    status_emoji: '⛵',
    bio: 'Makes\ntea',
    phone_number: '+49 30 1234567',
  })
})
afterAll(() => node.stop())

const talk = async (who: TestPerson): Promise<string> =>
  (await who.post('/api/chats', { kind: 'direct', member_ids: [bo.id] })).body.chat.id

test('what somebody says of themselves is read by whom they talk with; their phone only by server admins', async () => {
  const seen = async (who: TestPerson) => (await who.get(`/chats/${await talk(who)}/about`)).body

  for (const html of [await seen(ann), await seen(cy)]) {
    expect(html).toContain('@bo')
    expect(html).toContain('<span class="emoji">⛵ </span>At &lt;sea&gt;')
    expect(html).toContain('Makes\ntea')
  }
  expect([(await seen(ann)).includes('+49 30'), (await seen(cy)).includes('+49 30')]).toEqual([true, false])
})

test('the sign of a status stands beside its name among members and people', async () => {
  const group = { kind: 'group', name: 'tea', member_ids: [bo.id, cy.id] }
  const { chat } = (await ann.post('/api/chats', group)).body
  const pages = [await cy.get(`/chats/${chat.id}/members`), await cy.get('/people')]
  const signs = pages.map(({ body }) => [...body.matchAll(/status-sign" title="([^"]+)">(.)/gu)])

  expect(signs.map((found) => found.map(([, text, sign]) => [text, sign]))).toEqual([
    [['At &lt;sea&gt;', '⛵']],
    [['At &lt;sea&gt;', '⛵']],
  ])
})

test('cy finds nobody behind a chat of two that is not hers', async () => {
  expect((await cy.get(`/chats/${await talk(ann)}/about`)).status).toBe(404)
})
