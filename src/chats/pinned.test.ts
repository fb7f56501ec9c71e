import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Id } from '../platform/ids.ts'
import { PASSWORD, startTestNode, type TestNode, type TestPerson } from '../testing/node.ts'
import { explainedSqlite } from '../testing/plans.ts'
import { openVisitor } from '../testing/visitor.ts'
import { countPins, listPinned } from './pinned.ts'
import { openScene } from './scene.ts'

let node: TestNode
let ann: TestPerson
let chat: string

beforeAll(async () => {
  node = await startTestNode()
  ann = await node.person('ann')
  await node.person('cy')
  chat = await make('private')
})
afterAll(() => node.stop())

const make = async (visibility: string): Promise<string> =>
  (await ann.post('/api/chats', { kind: 'channel', name: `den ${visibility}`, visibility })).body.chat.id

const say = async (content: string): Promise<string> => {
  const draft = { client_id: crypto.randomUUID(), content }
  return (await ann.post(`/api/chats/${chat}/messages`, draft)).body.message.id
}
const pin = (id: string) => ann.put(`/api/chats/messages/${id}/pin`)
/** Where each pin of the panel leads. */
const pinsIn = (html: string) =>
  [...html.matchAll(/class="pin"[^>]*|[^>]*class="pin"/g)].map(([tag]) => /message=([\w-]+)/.exec(tag)?.[1])

describe('what is pinned', () => {
  test('is counted beside the chat and found in a list, each leading to its place, the newest pin first', async () => {
    const none = (await ann.get(`/chats/${chat}/pinned`)).body
    const [first, second, third] = [await say('**Keys** are with bo'), await say('plan'), await say('gone')]
    for (const id of [second, first, third]) await pin(id)
    await ann.del(`/api/chats/messages/${third}`)

    const about = (await ann.get(`/chats/${chat}/about`)).body
    const panel = (await ann.get(`/chats/${chat}/pinned`)).body

    expect(none).toContain('Nothing is pinned yet.')
    expect(about).toMatch(new RegExp(`href="/chats/${chat}/pinned"[^§]*?row-end count">2<`))
    expect(pinsIn(panel)).toEqual([first, second])
    expect(panel).toContain('<p dir="auto">Keys are with bo</p>')
    expect(panel).not.toContain('Nothing is pinned yet.')
  })

  test('is shown to nobody who is not in the chat', async () => {
    const cy = openVisitor(node.url)
    await cy.post('/login', { email: 'cy@example.org', password: PASSWORD })
    const open = await make('public')

    expect((await cy.get(`/chats/${chat}/pinned`)).status).toBe(404)
    expect((await cy.get(`/chats/${open}/pinned`)).status).toBe(403)
  })

  test('comes in pages, also where two pins have one time, and is read from an index', async () => {
    const database = await explainedSqlite()
    const { app, ann: owner, cy, close, ...scene } = await openScene(async () => database)
    const chatId = await scene.group()
    await app.db.write(
      (sql) => sql`
        insert into messages (id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content, pinned_at, created_at)
        select 'm' || n, ${chatId}, n + 10, n + 10, ${owner}, 'c' || n, '', 'text', 'x', 5 + n / 2, 1
        from (select 1 as n union select 2 union select 3 union select 4 union select 5) as numbers`,
    )
    const read: string[] = []
    let cursor: string | undefined
    do {
      const found = await listPinned(app, owner, { chatId, limit: 2, cursor })
      read.push(...found.data.map(({ id }) => id))
      cursor = found.page.next ?? undefined
    } while (cursor !== undefined)

    expect(read).toEqual(['m5', 'm4', 'm3', 'm2', 'm1'])
    expect(await countPins(app, owner, chatId)).toBe(5)
    const plans = database.plans.filter(({ statement }) => /pinned_at is not null/.test(statement))
    expect(plans).not.toBeEmpty()
    expect(plans.filter(({ steps }) => !steps.every((step) => step.includes('messages_pinned')))).toEqual([])
    for (const ask of [() => listPinned(app, cy, { chatId, limit: 2 }), () => countPins(app, cy, chatId)])
      await expect(ask()).rejects.toMatchObject({ code: 'not_found' })
    await expect(
      listPinned(app, owner, { chatId: chatId as Id<'chat'>, limit: 2, cursor: 'x' }),
    ).rejects.toMatchObject({
      reason: 'cursor',
    })
    await close()
  })
})
