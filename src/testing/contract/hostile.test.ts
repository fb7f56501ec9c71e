import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Answer } from '../node.ts'
import { fingerprint } from './fingerprint.ts'
import { BROKEN, NO_IDS, NO_QUERIES, spoil } from './nasty.ts'
import { type Declared, routesOfApi } from './routesOfApi.ts'
import { goodBodies, makeTarget, pathOf, type Target } from './target.ts'

let target: Target
beforeAll(async () => {
  target = await makeTarget()
}, 30_000)
afterAll(() => target.node.stop())

const routes = routesOfApi()
const nameOf = ({ method, path }: Declared) => `${method} ${path}`
const named = (some: Declared[]) => some.map((route): [string, Declared] => [nameOf(route), route])
const withBody = routes.filter(({ body }) => body !== null)

const ask = ({ method }: Declared, path: string, body?: unknown): Promise<Answer> =>
  target.ann[method === 'delete' ? 'del' : method](path, body)

/** As it stands: what `JSON.stringify` would never write. */
const askRaw = async (
  { method }: Declared,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  type = 'application/json',
) => {
  const headers = { authorization: `Bearer ${target.ann.token}`, 'content-type': type }
  const response = await fetch(target.node.url + path, { method: method.toUpperCase(), headers, body })
  return { status: response.status, text: await response.text() }
}

/** What a page of errors must never show (S-24, S-47). */
const LEAK = /\bat .+:\d+|node_modules|\/src\/|sqlite|postgres|select .+ from|\.ts\b/i

async function changesNothing(work: () => Promise<void>): Promise<void> {
  const before = await fingerprint(target.node)
  await work()
  expect(await fingerprint(target.node)).toEqual(before)
  expect((await target.node.stranger.get('/healthz')).status).toBe(200)
}

test('every route that takes a body has a good one to be spoilt', () => {
  const good = goodBodies(target)

  expect(Object.keys(good).toSorted()).toEqual(withBody.map(nameOf).toSorted())
  for (const route of withBody) {
    const body = good[nameOf(route)]
    expect([nameOf(route), route.body?.safeParse(body).success]).toEqual([nameOf(route), true])
    const { shape } = route.body as unknown as { shape: object }
    expect(Object.keys(body ?? {}).toSorted()).toEqual(Object.keys(shape).toSorted())
  }
})

test.each(named(withBody))('S-23 a body with one thing wrong is refused: %s', async (name, route) => {
  const path = pathOf(route.path, target)
  const spoilt = spoil(goodBodies(target)[name] ?? {}).filter(
    ({ isUnknown, body }) => isUnknown || !route.body?.safeParse(body).success,
  )

  await changesNothing(async () => {
    for (const { what, body } of spoilt) {
      const answer = await ask(route, path, body)
      expect([what, answer.status, answer.body.code]).toEqual([what, 400, 'invalid'])
      expect(JSON.stringify(answer.body)).not.toMatch(LEAK)
    }
  })
  expect(spoilt.length).toBeGreaterThan(20)
})

test.each(named(withBody))('S-44 S-47 a body that is no object of JSON is refused: %s', async (_, route) => {
  const path = pathOf(route.path, target)

  await changesNothing(async () => {
    for (const [what, body] of BROKEN) {
      const { status, text } = await askRaw(route, path, body)
      expect([what, status, JSON.parse(text).code]).toEqual([what, 400, 'invalid'])
      expect(text).not.toMatch(LEAK)
    }
    const other = await askRaw(route, path, 'x=1', 'application/x-www-form-urlencoded')
    expect([other.status, JSON.parse(other.text).code]).toEqual([415, 'unsupported'])
    const large = await askRaw(route, path, JSON.stringify({ x: 'x'.repeat(300_000) }))
    expect([large.status, JSON.parse(large.text).code]).toEqual([413, 'too_large'])
  })
})

test.each(named(routes.filter(({ path }) => path.includes('{'))))(
  'an id that names nothing is not found: %s',
  async (name, route) => {
    const good = goodBodies(target)[name]
    const { foreign, ann } = target
    const isUser = route.path.startsWith('/api/users')
    const others = isUser ? [foreign.chatId, foreign.messageId] : [foreign.chatId, foreign.messageId, ann.id]

    await changesNothing(async () => {
      for (const id of [...NO_IDS, ...others]) {
        const path = pathOf(route.path, target, id) + (route.path.endsWith('/changes') ? '?after=0' : '')
        const { status, body } = await ask(route, path, good)
        // An invite that is not there is revoked: a repeat answers the same.
        const wanted = name === 'delete /api/invites/{code}' ? [204, 404] : [404]
        expect([path, wanted.includes(status) ? 'refused' : status]).toEqual([path, 'refused'])
        if (status !== 204) expect(JSON.stringify(body)).not.toMatch(LEAK)
      }
    })
  },
)

test.each(named(routes))('a query that is not right is refused: %s', async (name, route) => {
  const path = pathOf(route.path, target)
  const good = goodBodies(target)[name]
  const { shape = {} } = (route.query ?? {}) as { shape?: Record<string, unknown> }

  await changesNothing(async () => {
    for (const key of Object.keys(shape))
      for (const value of NO_QUERIES) {
        const { status } = await ask(route, `${path}?${key}=${value}`)
        expect([key, value, status === 200 || status === 400]).toEqual([key, value, true])
      }
    for (const key of ['x', '__proto__', 'constructor', 'limit[]'])
      expect([key, (await ask(route, `${path}?${key}=1`, good)).status]).toEqual([key, 400])
    if ('limit' in shape)
      for (const limit of ['0', '101', '', '1e2x', '5&limit=6'])
        expect([limit, (await ask(route, `${path}?limit=${limit}`)).status]).toEqual([limit, 400])
  })
})
