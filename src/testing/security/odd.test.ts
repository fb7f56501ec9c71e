import { afterAll, beforeAll, expect, test } from 'bun:test'
import { newId } from '../../platform/ids.ts'
import { startTestNode, type TestNode, type TestPerson } from '../node.ts'
import { openVisitor } from '../visitor.ts'

// One row that nobody foresaw never takes a chat away from those in it (S-28).

let node: TestNode
let ann: TestPerson
beforeAll(async () => {
  node = await startTestNode()
  ann = await node.person('ann')
})
afterAll(() => node.stop())

const say = (content: string) => ({ client_id: crypto.randomUUID(), content })

test('a message of a kind or an event of a later Warren, and one with ten thousand reactions, are shown (S-28)', async () => {
  const chat = (await ann.post('/api/chats', { kind: 'group', name: 'Tea' })).body.chat.id
  const send = async (content: string) =>
    (await ann.post(`/api/chats/${chat}/messages`, say(content))).body.message.id
  const [event, kind, loved] = [await send('event'), await send('kind'), await send('loved')]
  await send('the last one')
  const { db } = node.node.app
  await db.write(async (sql) => {
    const system = JSON.stringify({
      event: 'moon_landed',
      actor_id: newId(),
      user_ids: [newId()],
      value: '<b>',
    })
    await sql`update messages set kind = 'system', system = ${system} where id = ${event}`
    await sql`update messages set kind = 'call', mentions = '["nobody"]', html = '<p></p>' where id = ${kind}`
  })
  // In pieces: on PostgreSQL no write may take longer than 5 s.
  for (let from = 0; from < 10_000; from += 500)
    await db.write(async (sql) => {
      for (let at = from; at < from + 500; at++) {
        const id = newId()
        await sql`insert into users (id, email, username, full_name, role, authz_changed_at, created_at, updated_at)
          values (${id}, ${`${at}@x.org`}, ${`u${at}`}, '', 'member', 0, 0, 0)`
        await sql`insert into reactions (chat_id, message_id, emoji, user_id, created_at)
          values (${chat}, ${loved}, '👍', ${id}, ${at})`
      }
    })

  const browser = openVisitor(node.url)
  await browser.post('/login', { email: 'ann@example.org', password: 'a long password' })
  const { html, status } = await browser.get(`/api/chats/${chat}/messages`)
  const body = JSON.parse(html)
  const changes = await browser.get(`/api/chats/${chat}/changes?after=0`)
  const page = await browser.get(`/chats/${chat}`)

  expect([status, changes.status, page.status]).toEqual([200, 200, 200])
  expect(body.data.at(-1).content).toBe('the last one')
  const [reaction] = body.data.find(({ id }: { id: string }) => id === loved).reactions
  expect([reaction.count, reaction.user_ids.length]).toEqual([10_000, 100])
  expect(page.html).toContain('the last one')
  expect(page.html).not.toContain('moon_landed<')
}, 60_000)
