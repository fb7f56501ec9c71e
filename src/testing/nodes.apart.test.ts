import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { TestPerson } from './node.ts'
import { startTestNodes, type TestNodes } from './nodes.ts'
import { hasPostgres } from './postgres.ts'
import { hasRedis } from './redis.ts'
import type { TestSocket } from './socket.ts'

// Without Redis nodes hear of each other by the database alone (C18): later, and nothing less.

describe.if(hasPostgres && hasRedis)('people on two nodes whose Redis is away', () => {
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
    const { body } = await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [bo.id, cy.id] })
    tea = body.chat.id
    anns = await ann.connect()
    bos = await bo.connect()
    await ann.post(`/api/chats/${tea}/messages`, { client_id: crypto.randomUUID(), content: 'before' })
    team.redis.signal('SIGKILL')
    await team.untilHeard(false)
  })
  afterAll(() => team.stop())

  const a = () => anns as TestSocket
  const b = () => bos as TestSocket
  const say = (socket: TestSocket, content: string) =>
    socket.asks('send_message', { chat_id: tea, client_id: crypto.randomUUID(), content })
  /** It may come alone, or with what else was missed. */
  const tells =
    (content: string) =>
    ({ data }: { data?: { content?: string; messages?: { content: string }[] } }) =>
      data?.content === content || (data?.messages ?? []).some((message) => message.content === content)

  test('the last message of a chat arrives, and nobody is logged out (F09)', async () => {
    await say(a(), 'by the sweep')
    await b().next('changes', tells('by the sweep'))

    expect((await bo.get('/api/auth/me')).status).toBe(200)
    expect((await ann.get(`/api/chats/${tea}/messages`)).status).toBe(200)
  })

  test('who is added and removed there hears it, and nothing after it (C8)', async () => {
    const socket = await cy.connect()
    await ann.del(`/api/chats/${tea}/members/${cy.id}`)
    await socket.next('chat_removed', ({ data }) => data.chat_id === tea)
    await say(a(), 'not for cy')
    await b().next('changes', tells('not for cy'))

    expect(socket.frames.some(tells('not for cy'))).toBe(false)
    await ann.post(`/api/chats/${tea}/members`, { user_id: cy.id })
    // The sweep tells a chat that nobody here hears only to who asks: the round of memberships finds it.
    expect((await cy.get('/api/chats')).body.data.map(({ id }: { id: string }) => id)).toContain(tea)
    socket.close()
  })

  test('who signs out everywhere is signed out on the other node (S-04)', async () => {
    const there = await (await team.nodes[1]?.signIn('cy'))?.connect()
    const here = await team.nodes[0]?.signIn('cy')
    await here?.del('/api/auth/sessions')

    expect(await there?.closed).toBe(4401)
  })

  test('tickets are given and taken, each once (S-07)', async () => {
    const { status, body } = await ann.post('/api/auth/ws-ticket')
    expect(status).toBe(201)
    const url = `${team.nodes[1]?.url.replace('http', 'ws')}/ws?ticket=${body.ticket}`
    const opened = await Promise.allSettled([1, 2, 3].map(() => openOnce(url)))

    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('what was read there is known here, once somebody looks', async () => {
    const { message } = await say(a(), 'read me')
    await b().next('changes', tells('read me'))
    const phone = await (await team.nodes[0]?.signIn('bo'))?.connect()
    await bo.post(`/api/chats/${tea}/read`, { seq: message.seq })

    const { data } = (await phone?.next('message_read', ({ data }) => data.user_id === bo.id)) ?? {}
    expect(data).toMatchObject({ chat_id: tea, seq: message.seq })
    phone?.close()
  }, 30_000)

  test('when Redis is back, empty, what is said is heard at once again (F06)', async () => {
    await team.redis.start()
    await team.untilHeard()
    await say(a(), 'at once')
    await b().next('new_message', tells('at once'))

    expect(b().frames.filter(({ type }) => type === 'resync')).toEqual([])
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
