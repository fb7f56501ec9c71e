import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { settingsOfPostgres } from './databases.ts'
import { startTestNode, type TestNode, type TestPerson } from './node.ts'
import { hasPostgres } from './postgres.ts'

/** The same node on each database: what it is started with. */
const NODES: [string, () => Promise<Record<string, string>>][] = [['SQLite', async () => ({})]]
if (hasPostgres) NODES.push(['PostgreSQL', settingsOfPostgres])

const say = (chat_id: string, content: string) => ({ chat_id, client_id: crypto.randomUUID(), content })

describe.each(NODES)('on %s', (_, env) => {
  let node: TestNode
  let ann: TestPerson
  let bo: TestPerson
  let cy: TestPerson

  beforeAll(async () => {
    node = await startTestNode(await env())
    ann = await node.person('ann')
    bo = await node.person('bo')
    cy = await node.person('cy')
  })

  afterAll(() => node.stop())

  test('two people talk over two sockets: what one says is acked, stored and told to the other (C7)', async () => {
    const { body } = await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [bo.id] })
    const [one, other] = [await ann.connect(), await bo.connect()]

    const { message } = await one.asks('send_message', say(body.chat.id, 'Hello, **bo**'))
    const told = await other.next('new_message')

    expect(told.data).toEqual(message)
    expect(message).toMatchObject({
      seq: 1,
      content: 'Hello, **bo**',
      html: '<p>Hello, <strong>bo</strong></p>',
    })
    expect((await bo.get(`/api/chats/${body.chat.id}/messages`)).body.data).toEqual([message])
    one.close()
    other.close()
  })

  test('the other side of a direct chat first hears of it with the first message', async () => {
    const other = await bo.connect()
    const { body } = await ann.post('/api/chats', { kind: 'direct', member_ids: [bo.id] })
    expect(await other.receivesNothing('chat_created')).toBe(true)

    await ann.post(`/api/chats/${body.chat.id}/messages`, { client_id: crypto.randomUUID(), content: 'psst' })

    expect((await other.next('chat_created')).data.chat.id).toBe(body.chat.id)
    expect((await other.next('new_message')).data.content).toBe('psst')
    other.close()
  })

  test('who opens a direct chat that the other began, and speaks first, hears the answer', async () => {
    const [one, other] = [await cy.connect(), await bo.connect()]
    const { body } = await cy.post('/api/chats', { kind: 'direct', member_ids: [bo.id] })
    await bo.post('/api/chats', { kind: 'direct', member_ids: [cy.id] })

    await other.asks('send_message', say(body.chat.id, 'hello?'))
    await one.asks('send_message', say(body.chat.id, 'hello!'))

    expect((await other.next('chat_created')).data.chat.id).toBe(body.chat.id)
    const answered = await other.next('new_message', ({ data }) => data.content === 'hello!')
    expect(answered.data.chat_id).toBe(body.chat.id)
    one.close()
    other.close()
  })

  test('a removed member stops receiving at once (C8)', async () => {
    const { body } = await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [bo.id] })
    const chatId = body.chat.id
    const other = await bo.connect()

    await ann.del(`/api/chats/${chatId}/members/${bo.id}`)
    await ann.post(`/api/chats/${chatId}/messages`, { client_id: crypto.randomUUID(), content: 'gone?' })

    const { rev, member } = (await other.next('member_left')).data
    expect(member.user.id).toBe(bo.id)
    expect((await other.next('chat_removed')).data).toEqual({ chat_id: chatId, rev })
    expect(await other.receivesNothing('new_message', ({ data }) => data.content === 'gone?')).toBe(true)
    other.close()
  })

  test('whoever joins hears what is said from then on', async () => {
    const { body } = await ann.post('/api/chats', { kind: 'channel', name: 'open', visibility: 'public' })
    const socket = await cy.connect()

    const { chat } = await socket.asks('join_room', { chat_id: body.chat.id })
    await ann.post(`/api/chats/${chat.id}/messages`, { client_id: crypto.randomUUID(), content: 'welcome' })

    expect((await socket.next('new_message', ({ data }) => data.kind === 'text')).data.content).toBe(
      'welcome',
    )
    socket.close()
  })

  test('a stranger hears nothing of a chat and finds nothing by its id', async () => {
    const { body } = await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [bo.id] })
    const socket = await cy.connect()

    const refused = socket.asks('send_message', say(body.chat.id, 'let me in'))

    await expect(refused).rejects.toMatchObject({ code: 'not_found', reason: 'chat' })
    expect((await cy.get(`/api/chats/${body.chat.id}/messages`)).status).toBe(404)
    await ann.post(`/api/chats/${body.chat.id}/messages`, {
      client_id: crypto.randomUUID(),
      content: 'secret',
    })
    expect(await socket.receivesNothing('new_message', ({ data }) => data.content === 'secret')).toBe(true)
    socket.close()
  })
})
