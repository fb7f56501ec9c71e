import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Apart, opensSocket, startApart } from './nodes.ts'
import { hasPostgres } from './postgres.ts'
import { hasRedis } from './redis.ts'
import type { TestSocket } from './socket.ts'

// Without Redis nodes hear of each other by the database alone (C18): later, and nothing less.

describe.if(hasPostgres && hasRedis)('people on two nodes whose Redis is away', () => {
  let { team, people, sockets, tea } = {} as Apart
  beforeAll(async () => {
    ;({ team, people, sockets, tea } = await startApart('cy'))
    await people.ann.post(`/api/chats/${tea}/messages`, { client_id: crypto.randomUUID(), content: 'before' })
    team.redis.signal('SIGKILL')
    await team.untilHeard(false)
  })
  afterAll(() => team.stop())

  const say = (socket: TestSocket, content: string) =>
    socket.asks('send_message', { chat_id: tea, client_id: crypto.randomUUID(), content })
  /** It may come alone, or with what else was missed. */
  const tells =
    (content: string) =>
    ({ data }: { data?: { content?: string; messages?: { content: string }[] } }) =>
      data?.content === content || (data?.messages ?? []).some((message) => message.content === content)

  test('the last message of a chat arrives, and nobody is logged out (F09)', async () => {
    await say(sockets.ann, 'by the sweep')
    await sockets.bo.next('changes', tells('by the sweep'))

    expect((await people.bo.get('/api/auth/me')).status).toBe(200)
    expect((await people.ann.get(`/api/chats/${tea}/messages`)).status).toBe(200)
  })

  test('who is added and removed there hears it, and nothing after it (C8)', async () => {
    const socket = await people.cy.connect()
    await people.ann.del(`/api/chats/${tea}/members/${people.cy.id}`)
    await socket.next('chat_removed', ({ data }) => data.chat_id === tea)
    await say(sockets.ann, 'not for cy')
    await sockets.bo.next('changes', tells('not for cy'))

    expect(socket.frames.some(tells('not for cy'))).toBe(false)
    await people.ann.post(`/api/chats/${tea}/members`, { user_id: people.cy.id })
    // The sweep tells a chat that nobody here hears only to who asks: the round of memberships finds it.
    expect((await people.cy.get('/api/chats')).body.data.map(({ id }: { id: string }) => id)).toContain(tea)
    socket.close()
  })

  test('who signs out everywhere is signed out on the other node (S-04)', async () => {
    const there = await (await team.nodes[1]?.signIn('cy'))?.connect()
    const here = await team.nodes[0]?.signIn('cy')
    await here?.del('/api/auth/sessions')

    expect(await there?.closed).toBe(4401)
  })

  test('tickets are given and taken, each once (S-07)', async () => {
    const { status, body } = await people.ann.post('/api/auth/ws-ticket')
    expect(status).toBe(201)
    const url = `${team.nodes[1]?.url.replace('http', 'ws')}/ws?ticket=${body.ticket}`
    const opened = await Promise.all([1, 2, 3].map(() => opensSocket(url)))

    expect(opened.filter((isOpen) => isOpen)).toHaveLength(1)
  })

  test('what was read there is known here, once somebody looks', async () => {
    const { message } = await say(sockets.ann, 'read me')
    await sockets.bo.next('changes', tells('read me'))
    const phone = await (await team.nodes[0]?.signIn('bo'))?.connect()
    await people.bo.post(`/api/chats/${tea}/read`, { seq: message.seq })

    const { data } = (await phone?.next('message_read', ({ data }) => data.user_id === people.bo.id)) ?? {}
    expect(data).toMatchObject({ chat_id: tea, seq: message.seq })
    phone?.close()
  }, 30_000)

  test('when Redis is back, empty, what is said is heard at once again (F06)', async () => {
    await team.redis.start()
    await team.untilHeard()
    await say(sockets.ann, 'at once')
    await sockets.bo.next('new_message', tells('at once'))

    expect(sockets.bo.frames.filter(({ type }) => type === 'resync')).toEqual([])
  })
})
