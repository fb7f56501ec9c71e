import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Apart, opensSocket, startApart } from './nodes.ts'
import { hasPostgres } from './postgres.ts'
import { hasRedis } from './redis.ts'
import type { TestSocket } from './socket.ts'

// What people on different nodes hear of each other: with Redis at once, without it by the sweep.

describe.if(hasPostgres && hasRedis)('people on two nodes', () => {
  let { team, people, sockets, tea } = {} as Apart
  beforeAll(async () => {
    ;({ team, people, sockets, tea } = await startApart())
  })
  afterAll(() => team.stop())

  const say = (socket: TestSocket, content: string) =>
    socket.asks('send_message', { chat_id: tea, client_id: crypto.randomUUID(), content })
  const said =
    (content: string) =>
    ({ data }: { data?: { content?: string } }) =>
      data?.content === content

  test('what is said on one is heard on the other, once and in order', async () => {
    const texts = Array.from({ length: 50 }, (_, at) => `tea ${at}`)
    await Promise.all(texts.map((text, at) => say(at % 2 === 0 ? sockets.ann : sockets.bo, text)))
    await Promise.all(
      [sockets.ann, sockets.bo].flatMap((socket) =>
        texts.map((text) => socket.next('new_message', said(text))),
      ),
    )

    for (const socket of [sockets.ann, sockets.bo]) {
      const heard = socket.frames.filter(({ type }) => type === 'new_message').map(({ data }) => data)
      expect(heard).toHaveLength(texts.length)
      expect(heard.map(({ seq }) => seq)).toEqual(heard.map(({ seq }) => seq).toSorted((x, y) => x - y))
    }
    expect(sockets.bo.frames.filter(({ type }) => type === 'changes')).toEqual([])
  })

  test('the digest of both is the same once both have heard everything', async () => {
    await say(sockets.ann, 'counted')
    await sockets.bo.next('new_message', said('counted'))
    await people.bo.post(`/api/chats/${tea}/read`, { seq: 3 })

    const fresh = await (await team.nodes[0]?.signIn('bo'))?.connect()
    expect(await fresh?.ping()).toBe(await sockets.bo.ping())
    fresh?.close()
  })

  test('who is added there hears of the chat and of what follows; who is removed hears no more (C8)', async () => {
    const socket = await people.cy.connect()
    await people.ann.post(`/api/chats/${tea}/members`, { user_id: people.cy.id })
    await socket.next('chat_created', ({ data }) => data.chat.id === tea)
    await say(sockets.ann, 'hello cy')
    await socket.next('new_message', said('hello cy'))

    await people.ann.del(`/api/chats/${tea}/members/${people.cy.id}`)
    await socket.next('chat_removed', ({ data }) => data.chat_id === tea)
    await say(sockets.ann, 'cy is gone')
    await sockets.bo.next('new_message', said('cy is gone'))

    expect(await socket.receivesNothing('new_message', said('cy is gone'))).toBe(true)
    socket.close()
  })

  test('a new direct chat is heard of on the other node with its first message', async () => {
    const { body } = await people.ann.post('/api/chats', { kind: 'direct', member_ids: [people.cy.id] })
    const socket = await people.cy.connect()
    const draft = { client_id: crypto.randomUUID(), content: 'psst' }
    await people.ann.post(`/api/chats/${body.chat.id}/messages`, draft)

    await socket.next('chat_created', ({ data }) => data.chat.id === body.chat.id)
    await socket.next('new_message', said('psst'))
    await people.ann.post(`/api/chats/${body.chat.id}/messages`, {
      ...draft,
      client_id: crypto.randomUUID(),
      content: 'again',
    })
    await socket.next('new_message', said('again'))
    socket.close()
  })

  test('presence, typing and read marks are told across nodes', async () => {
    await sockets.ann.asks('watch_presence', { user_ids: [people.bo.id, people.cy.id] })
    const socket = await people.cy.connect()
    expect((await sockets.ann.next('presence', ({ data }) => data.user_id === people.cy.id)).data.state).toBe(
      'online',
    )
    expect((await people.ann.get(`/api/users/${people.cy.id}`)).body.user.presence).toBe('online')
    socket.close()
    expect((await sockets.ann.next('presence', ({ data }) => data.state === 'offline')).data.user_id).toBe(
      people.cy.id,
    )

    await sockets.bo.asks('typing', { chat_id: tea, is_typing: true })
    expect((await sockets.ann.next('user_typing')).data.user_id).toBe(people.bo.id)

    const { message } = await say(sockets.ann, 'read me')
    await people.bo.post(`/api/chats/${tea}/read`, { seq: message.seq })
    const { data } = await sockets.ann.next('message_read', ({ data }) => data.seq === message.seq)
    expect(data).toMatchObject({ chat_id: tea, user_id: people.bo.id })
  })

  test('who signs out everywhere is signed out on the other node at once (S-04)', async () => {
    const there = await (await team.nodes[1]?.signIn('cy'))?.connect()
    const here = await team.nodes[0]?.signIn('cy')
    await here?.del('/api/auth/sessions')

    expect(await there?.closed).toBe(4401)
  })

  test('a socket ticket of one node opens a socket on the other, once', async () => {
    const { body } = await people.ann.post('/api/auth/ws-ticket')
    const url = `${team.nodes[1]?.url.replace('http', 'ws')}/ws?ticket=${body.ticket}`
    const opened = await Promise.all([1, 2, 3].map(() => opensSocket(url)))

    expect(opened.filter((isOpen) => isOpen)).toHaveLength(1)
  })
})
