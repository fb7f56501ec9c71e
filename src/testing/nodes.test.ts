import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { TestPerson } from './node.ts'
import { startTestNodes, type TestNodes } from './nodes.ts'
import { hasPostgres } from './postgres.ts'
import { hasRedis } from './redis.ts'
import type { TestSocket } from './socket.ts'

// What people on different nodes hear of each other: with Redis at once, without it by the sweep.

describe.if(hasPostgres && hasRedis)('people on two nodes', () => {
  let team: TestNodes
  let ann: TestPerson
  let bo: TestPerson
  let cy: TestPerson
  let [anns, bos]: TestSocket[] = []
  let tea = ''

  beforeAll(async () => {
    team = await startTestNodes(2)
    const [one, other] = team.nodes as [TestNodes['nodes'][0], TestNodes['nodes'][0]]
    ann = await one.person('ann')
    await one.person('bo')
    await one.person('cy')
    bo = await other.signIn('bo')
    cy = await other.signIn('cy')
    const { body } = await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [bo.id] })
    tea = body.chat.id
    anns = await ann.connect()
    bos = await bo.connect()
  })
  afterAll(() => team.stop())

  const a = () => anns as TestSocket
  const b = () => bos as TestSocket
  const say = (socket: TestSocket, content: string) =>
    socket.asks('send_message', { chat_id: tea, client_id: crypto.randomUUID(), content })
  const said =
    (content: string) =>
    ({ data }: { data?: { content?: string } }) =>
      data?.content === content

  test('what is said on one is heard on the other, once and in order', async () => {
    const texts = Array.from({ length: 50 }, (_, at) => `tea ${at}`)
    await Promise.all(texts.map((text, at) => say(at % 2 === 0 ? a() : b(), text)))
    await Promise.all(
      [a(), b()].flatMap((socket) => texts.map((text) => socket.next('new_message', said(text)))),
    )

    for (const socket of [a(), b()]) {
      const heard = socket.frames.filter(({ type }) => type === 'new_message').map(({ data }) => data)
      expect(heard).toHaveLength(texts.length)
      expect(heard.map(({ seq }) => seq)).toEqual(heard.map(({ seq }) => seq).toSorted((x, y) => x - y))
    }
    expect(b().frames.filter(({ type }) => type === 'changes')).toEqual([])
  })

  test('the digest of both is the same once both have heard everything', async () => {
    await say(a(), 'counted')
    await b().next('new_message', said('counted'))
    await bo.post(`/api/chats/${tea}/read`, { seq: 3 })

    const fresh = await (await team.nodes[0]?.signIn('bo'))?.connect()
    expect(await fresh?.ping()).toBe(await b().ping())
    fresh?.close()
  })

  test('who is added there hears of the chat and of what follows; who is removed hears no more (C8)', async () => {
    const socket = await cy.connect()
    await ann.post(`/api/chats/${tea}/members`, { user_id: cy.id })
    await socket.next('chat_created', ({ data }) => data.chat.id === tea)
    await say(a(), 'hello cy')
    await socket.next('new_message', said('hello cy'))

    await ann.del(`/api/chats/${tea}/members/${cy.id}`)
    await socket.next('chat_removed', ({ data }) => data.chat_id === tea)
    await say(a(), 'cy is gone')
    await b().next('new_message', said('cy is gone'))

    expect(await socket.receivesNothing('new_message', said('cy is gone'))).toBe(true)
    socket.close()
  })

  test('a new direct chat is heard of on the other node with its first message', async () => {
    const { body } = await ann.post('/api/chats', { kind: 'direct', member_ids: [cy.id] })
    const socket = await cy.connect()
    const draft = { client_id: crypto.randomUUID(), content: 'psst' }
    await ann.post(`/api/chats/${body.chat.id}/messages`, draft)

    await socket.next('chat_created', ({ data }) => data.chat.id === body.chat.id)
    await socket.next('new_message', said('psst'))
    await ann.post(`/api/chats/${body.chat.id}/messages`, {
      ...draft,
      client_id: crypto.randomUUID(),
      content: 'again',
    })
    await socket.next('new_message', said('again'))
    socket.close()
  })

  test('presence, typing and read marks are told across nodes', async () => {
    await a().asks('watch_presence', { user_ids: [bo.id, cy.id] })
    const socket = await cy.connect()
    expect((await a().next('presence', ({ data }) => data.user_id === cy.id)).data.state).toBe('online')
    expect((await ann.get(`/api/users/${cy.id}`)).body.user.presence).toBe('online')
    socket.close()
    expect((await a().next('presence', ({ data }) => data.state === 'offline')).data.user_id).toBe(cy.id)

    await b().asks('typing', { chat_id: tea, is_typing: true })
    expect((await a().next('user_typing')).data.user_id).toBe(bo.id)

    const { message } = await say(a(), 'read me')
    await bo.post(`/api/chats/${tea}/read`, { seq: message.seq })
    const { data } = await a().next('message_read', ({ data }) => data.seq === message.seq)
    expect(data).toMatchObject({ chat_id: tea, user_id: bo.id })
  })

  test('who signs out everywhere is signed out on the other node at once (S-04)', async () => {
    const there = await (await team.nodes[1]?.signIn('cy'))?.connect()
    const here = await team.nodes[0]?.signIn('cy')
    await here?.del('/api/auth/sessions')

    expect(await there?.closed).toBe(4401)
  })

  test('a socket ticket of one node opens a socket on the other, once', async () => {
    const { body } = await ann.post('/api/auth/ws-ticket')
    const url = `${team.nodes[1]?.url.replace('http', 'ws')}/ws?ticket=${body.ticket}`
    const opened = await Promise.allSettled([1, 2, 3].map(() => openOnce(url)))

    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

function openOnce(url: string): Promise<void> {
  const ws = new WebSocket(url)
  return new Promise((resolve, reject) => {
    ws.addEventListener('message', () => {
      resolve()
      ws.close()
    })
    ws.addEventListener('close', () => reject(new Error('refused')))
  })
}
