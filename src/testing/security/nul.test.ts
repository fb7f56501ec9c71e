import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { settingsOfPostgres } from '../databases.ts'
import { startTestNode, type TestNode } from '../node.ts'
import { hasPostgres } from '../postgres.ts'
import { openVisitor, type Visitor } from '../visitor.ts'

// PostgreSQL takes no NUL in a text: whoever writes one into an address must not see that (S-29, S-47).

const NODES: [string, () => Promise<Record<string, string>>][] = [['SQLite', async () => ({})]]
if (hasPostgres) NODES.push(['PostgreSQL', settingsOfPostgres])

const LISTS = ['auth/sessions', 'users', 'chats', 'channels', 'invites'].map((name) => `/api/${name}`)
const PAGES = [
  '/channels',
  '/people',
  '/settings/people',
  '/settings/invites',
  '/login',
  '/register',
  '/reset',
]

const cursorOf = (place: unknown): string => Buffer.from(JSON.stringify(place)).toString('base64url')

describe.each(NODES)('on %s', (_, env) => {
  let node: TestNode
  let browser: Visitor

  beforeAll(async () => {
    node = await startTestNode(await env())
    await node.person('ada', 'owner')
    browser = openVisitor(node.url)
    await browser.post('/login', { email: 'ada@example.org', password: 'a long password' })
  })
  afterAll(() => node.stop())

  test('a query that holds NUL is refused, also behind another question mark', async () => {
    const ada = await node.signIn('ada')

    const paths = LISTS.flatMap((path) => [`${path}?cursor=%00`, `${path}?limit=5?%00`])
    for (const path of paths) expect([path, (await ada.get(path)).status]).toEqual([path, 400])
  })

  test('a path that holds NUL names nothing', async () => {
    const ada = await node.signIn('ada')

    for (const path of ['/api/invites/%00', '/api/chats/%00', '/api/auth/sessions/a%00b'])
      expect([path, (await ada.del(path)).status]).toEqual([path, 404])
  })

  test('a place in a list that holds NUL within is none of ours', async () => {
    const ada = await node.signIn('ada')

    for (const place of [
      ['\0', crypto.randomUUID()],
      ['a', '\0'],
    ])
      expect((await ada.get(`/api/channels?cursor=${cursorOf(place)}`)).status).toBe(400)
  })

  test('no page fails', async () => {
    for (const path of PAGES)
      for (const key of ['query', 'cursor', 'invite', 'token', 'code', 'to', 'show']) {
        const { status } = await browser.get(`${path}?${key}=%00`)
        expect([path, key, status < 500]).toEqual([path, key, true])
      }
    for (const path of ['/join/%00', '/invite/%00', '/chats/%00', '/reset/%00'])
      expect([path, (await browser.get(path)).status]).toEqual([path, 404])
  })
})
