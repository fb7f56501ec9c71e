import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Answer, askerAt, PASSWORD, startTestNode, type TestNode, type TestPerson } from '../node.ts'

// The documented rates, at the factor that a node has by default (S-46, S-09).

let node: TestNode
let ann: TestPerson
let bo: TestPerson
let chat: string
beforeAll(async () => {
  node = await startTestNode({ WARREN_LIMITS_FACTOR: '1', WARREN_TRUSTED_PROXIES: '127.0.0.0/8' })
  ann = await node.person('ann')
  bo = await node.person('bo')
  chat = (await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [bo.id] })).body.chat.id
})
afterAll(() => node.stop())

const say = (content: string) => ({ client_id: crypto.randomUUID(), content })
const many = <T>(count: number, work: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => work(at)))
const count = (answers: Answer[], wanted: number) => answers.filter(({ status }) => status === wanted).length

/** As the protocol says it: a code, and when to come again. */
function expectLimited(answer: Answer | undefined): void {
  expect(answer?.status).toBe(429)
  expect(answer?.body).toMatchObject({ code: 'rate_limited', reason: 'rate_limited' })
  expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThan(0)
}

test('a person says twenty things in five seconds, by whichever door, and others still speak (S-46)', async () => {
  const socket = await ann.connect()

  const posted = await many(15, (at) => ann.post(`/api/chats/${chat}/messages`, say(`${at}`)))
  const sent = await many(15, (at) =>
    socket.asks('send_message', { chat_id: chat, ...say(`${at}`) }).then(
      () => null,
      (error) => error,
    ),
  )

  expect(count(posted, 201)).toBe(15)
  const refused = sent.filter((error) => error !== null)
  expect(refused.length).toBe(10)
  expect(refused[0]).toMatchObject({ code: 'rate_limited', retry_after_ms: expect.any(Number) })
  expectLimited(await ann.post(`/api/chats/${chat}/messages`, say('more')))
  expect((await bo.post(`/api/chats/${chat}/messages`, say('me?'))).status).toBe(201)
  socket.close()
})

test('coming, going, making and renaming chats are a hundred a minute (S-46)', async () => {
  const draft = { kind: 'channel', visibility: 'public', name: 'door' }
  const door = (await bo.post('/api/chats', draft)).body.chat.id
  const cy = await node.person('cy')

  const answers = await many(60, async (at) => [
    await cy.post(`/api/chats/${door}/join`),
    await cy.post(`/api/chats/${door}/leave`),
    ...(at % 10 === 0 ? [await cy.post('/api/chats', { kind: 'group', name: `${at}` })] : []),
  ])

  expect(count(answers.flat(), 429)).toBe(26)
  expectLimited(await cy.post('/api/chats', { kind: 'group', name: 'one more' }))
  expectLimited(await cy.post(`/api/chats/${door}/join`))
})

test('what else one may do is counted: tickets, invites, profiles, searches (S-46)', async () => {
  const dan = await node.person('dan', 'admin')
  const rates: [number, () => Promise<Answer>][] = [
    [60, () => dan.post('/api/auth/ws-ticket')],
    [60, () => dan.put('/api/users/me', { bio: 'x' })],
    [100, () => dan.post('/api/invites', {})],
    [300, () => dan.get('/api/users?query=a&limit=1')],
    [300, () => dan.get('/api/channels?limit=1')],
    [10, () => dan.put('/api/users/me/password', { current_password: 'wrong one', new_password: PASSWORD })],
  ]
  for (const [points, ask] of rates) {
    const answers = await many(points + 5, ask)
    expect([points, count(answers, 429)]).toEqual([points, 5])
    expectLimited(await ask())
  }
}, 30_000)

test('a person catches up six hundred times a minute, on whichever device (S-46)', async () => {
  const eve = await node.person('eve')
  const sockets = [await eve.connect(), await eve.connect()]
  const sync = (at: number) => sockets[at % 2]?.asks('sync', { chats: {} })
  for (let at = 0; at < 600; at++) await sync(at)

  const refused = await Promise.all(sockets.map((_, at) => sync(at)?.catch((error) => error)))

  const limited = { code: 'rate_limited', reason: 'rate_limited', retry_after_ms: expect.any(Number) }
  expect(refused).toMatchObject([limited, limited])
  for (const socket of sockets) socket.close()
}, 30_000)

test('one account is tried ten times from one network, and IPv6 is counted by its /64 (S-09, S-48)', async () => {
  const from = (address: string) => askerAt(node.url, { 'x-forwarded-for': address })
  const guess = (address: string) =>
    from(address).post('/api/auth/login', { email: 'bo@example.org', password: 'not it, not it' })

  const answers = await many(12, (at) => guess(`2001:db8:7:1:${at + 1}::${at}`))

  expect([count(answers, 401), count(answers, 429)]).toEqual([10, 2])
  expectLimited(await guess('2001:db8:7:1::ffff'))
  expect((await guess('2001:db8:7:2::1')).status).toBe(401)
  // What the client itself says of where it comes from counts for nothing.
  expectLimited(
    await from('192.0.2.9, 2001:db8:7:1::5').post('/api/auth/login', {
      email: 'bo@example.org',
      password: PASSWORD,
    }),
  )
}, 30_000)

test('from one address come a hundred registrations in ten minutes, whatever becomes of them (S-46)', async () => {
  const here = askerAt(node.url, { 'x-forwarded-for': '192.0.2.40' })
  const register = (at: number) =>
    here.post('/api/auth/register', {
      email: `x${at}@example.org`,
      username: `x${at}`,
      password: PASSWORD,
      invite: 'nothing',
    })

  const answers = await many(102, register)

  expect([count(answers, 403), count(answers, 429)]).toEqual([100, 2])
  expectLimited(await register(103))
})

test('one e-mail is registered ten times in fifteen minutes, from wherever, whether it has an account or not (S-46)', async () => {
  const here = await startTestNode({
    WARREN_LIMITS_FACTOR: '1',
    WARREN_TRUSTED_PROXIES: '127.0.0.0/8',
    WARREN_SMTP_URL: 'mailbox:',
    WARREN_REGISTRATION: 'open',
  })
  await here.person('ann')
  const register = (email: string, at: number) =>
    askerAt(here.url, { 'x-forwarded-for': `192.0.2.${at}` }).post('/api/auth/register', {
      email,
      username: `u${at}`,
      password: PASSWORD,
    })

  for (const email of ['ann@example.org', 'new@example.org']) {
    const answers = await many(11, (at) => register(email, at + 1))
    const refused = answers.filter(({ status }) => status === 429)
    expect([email, refused.length]).toEqual([email, 1])
    expectLimited(refused[0])
    expectLimited(await register(email.toUpperCase(), 50))
  }
  expect((await register('other@example.org', 51)).status).toBe(202)
  await here.stop()
}, 30_000)
