import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestNode, type TestNode, type TestPerson } from '../node.ts'
import { fingerprint } from './fingerprint.ts'

let node: TestNode
let ann: TestPerson
let bo: TestPerson
let tea: string
let path: string

beforeAll(async () => {
  node = await startTestNode()
  ann = await node.person('ann')
  bo = await node.person('bo')
  const { body } = await ann.post('/api/chats', { kind: 'channel', name: 'tea', member_ids: [bo.id] })
  tea = `/api/chats/${body.chat.id}`
  const sent = await ann.post(`${tea}/messages`, { client_id: crypto.randomUUID(), content: 'hello' })
  path = `/api/chats/messages/${sent.body.message.id}`
})
afterAll(() => node.stop())

const like = `reactions/${encodeURIComponent('👍')}`
const REPEATED: [string, () => Promise<{ status: number; body: unknown }>][] = [
  ['renaming a chat', () => ann.put(tea, { name: 'Tea', topic: 'green' })],
  ['changing nothing of a chat', () => ann.put(tea, {})],
  ['opening a channel', () => ann.put(tea, { visibility: 'public' })],
  ['editing', () => ann.put(path, { content: 'hello!' })],
  ['reacting', () => bo.put(`${path}/${like}`)],
  ['taking a reaction back', () => bo.del(`${path}/${like}`)],
  ['pinning', () => ann.put(`${path}/pin`)],
  ['unpinning', () => ann.del(`${path}/pin`)],
  ['raising a member', () => ann.put(`${tea}/members/${bo.id}`, { role: 'admin' })],
  ['removing a member', () => ann.del(`${tea}/members/${bo.id}`)],
  ['changing oneself', () => ann.put('/api/users/me', { bio: 'x' })],
  ['changing nothing of oneself', () => ann.put('/api/users/me', {})],
  ['changing somebody', () => ann.put(`/api/users/${bo.id}`, { role: 'guest' })],
  ['deleting a message', () => ann.del(path)],
  ['archiving', () => ann.put(tea, { archived: true })],
]

test.each(REPEATED)('%s again changes nothing and answers the same', async (_, act) => {
  const first = await act()
  const before = await fingerprint(node)
  const { chat } = (await ann.get(tea)).body

  const second = await act()

  expect([second.status, second.body]).toEqual([first.status, first.body])
  expect(first.status).toBeLessThan(300)
  expect((await ann.get(tea)).body.chat.rev).toBe(chat.rev)
  expect(await fingerprint(node)).toEqual(before)
})

test('an invite, a session and a chat that are gone are deleted again without a word', async () => {
  const { invite } = (await ann.post('/api/invites', {})).body
  const other = await node.signIn('ann')
  const { data } = (await other.get('/api/auth/sessions')).body
  const mine = data.find((session: { current: boolean }) => session.current).id

  for (const gone of [`/api/invites/${invite.code}`, `/api/auth/sessions/${mine}`])
    expect([(await ann.del(gone)).status, (await ann.del(gone)).status]).toEqual([204, 204])
  expect((await ann.del(tea)).status).toBe(204)
  expect((await ann.get(tea)).status).toBe(404)
})

test('a trailing slash is accepted at every route', async () => {
  const { paths } = (await node.stranger.get('/api/openapi.json')).body
  for (const [route, methods] of Object.entries<object>(paths))
    for (const method of Object.keys(methods)) {
      const url = node.url + route.replaceAll(/\{\w+\}/g, crypto.randomUUID())
      const headers = { authorization: `Bearer ${bo.token}` }
      const [plain, slashed] = await Promise.all(
        [url, `${url}/`].map((each) =>
          fetch(each, {
            method: method.toUpperCase(),
            headers: route.includes('logout') || route.endsWith('/sessions') ? {} : headers,
          }),
        ),
      )
      expect([method, route, slashed?.status]).toEqual([method, route, plain?.status])
    }
})

test('an unknown route is 404, a wrong method 405 with the right ones named', async () => {
  expect((await ann.get('/api/nothing')).body).toMatchObject({ status: 404, code: 'not_found' })
  const wrong = await ann.del('/api/users/me')
  expect(wrong.body).toMatchObject({ status: 405, code: 'invalid' })
  expect(wrong.headers.get('allow')).toContain('PUT')
})
