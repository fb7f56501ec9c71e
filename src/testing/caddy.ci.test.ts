import { afterEach, describe, expect, test } from 'bun:test'
import { createServer, type Server, type Socket } from 'node:net'
import { secure } from '../platform/http/security.ts'
import { refusalText, texts } from '../texts/index.ts'
import { type CaddyServer, findCaddy, OLDEST, startCaddy } from './caddy.ts'
import { hasCluster, startCluster } from './cluster/cluster.ts'
import { builtExecutable } from './faults/faults.ts'
import { notRun } from './notRun.ts'
import { untilSo } from './prometheus.ts'

// The real Caddy with deploy/Caddyfile: what one hears when a node refuses, and when there is none that could.

const hasCaddy = findCaddy() !== null
if (!hasCaddy) notRun('Caddy in front of nodes that refuse', `no Caddy ${OLDEST} or newer on the PATH`)

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

interface Standing {
  caddy: CaddyServer
  /** `GET /path` of each request but those for its readiness. */
  knocks: string[]
}

async function putCaddyBefore(ports: number[], isHttps = false): Promise<CaddyServer> {
  const caddy = await startCaddy({ nodes: ports.map((port) => `127.0.0.1:${port}`), isHttps })
  ends.push(() => caddy.stop())
  return caddy
}

/** A node that is ready, and full. */
async function startRefusing(): Promise<Standing> {
  const knocks: string[] = []
  const node = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ({ url, method }) => {
      const { pathname } = new URL(url)
      if (pathname === '/readyz') return new Response('ready')
      knocks.push(`${method} ${pathname}`)
      return new Response('said by the node', { status: 503, headers: { 'Retry-After': '5', 'X-Node': 'a' } })
    },
  })
  ends.push(() => node.stop(true))
  return { knocks, caddy: await putCaddyBefore([Number(node.port)]) }
}

/** Two nodes that are ready, and die whenever they are asked for something else. */
async function startBreaking(isHttps = false): Promise<Standing> {
  const knocks: string[] = []
  const breaking = (socket: Socket): void => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      const asked = bytes.toString().split(' HTTP')[0] ?? ''
      if (asked === 'GET /readyz') return void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      knocks.push(asked)
      socket.destroy()
    })
  }
  const ports = await Promise.all([listen(createServer(breaking)), listen(createServer(breaking))])
  return { knocks, caddy: await putCaddyBefore(ports, isHttps) }
}

const listen = (node: Server): Promise<number> =>
  new Promise((resolve) => {
    ends.push(() => node.close())
    node.listen(0, '127.0.0.1', () => resolve((node.address() as { port: number }).port))
  })

/** The code with which it was closed, once Caddy has given up too. */
const knockForSocket = (url: string): Promise<number> =>
  new Promise((resolve) => {
    new WebSocket(`${url.replace('http', 'ws')}/ws`).addEventListener('close', ({ code }) => resolve(code))
  })

/** As docs/protocol.md has it. */
const UNREACHABLE = {
  type: 'about:blank',
  title: 'Not available at the moment',
  status: 503,
  code: 'unavailable',
  reason: 'unreachable',
  detail: null,
  request_id: expect.stringMatching(/^\w{6,}$/),
  errors: [],
}

async function ask(url: string, how: BunFetchRequestInit = {}) {
  const response = await fetch(url, how)
  const { status, headers } = response
  const text = await response.text()
  return { status, text, headers, type: headers.get('content-type'), after: headers.get('retry-after') }
}

describe.if(hasCaddy)('a node that is reached', () => {
  test.each(['GET', 'POST'])('what it refuses itself is passed on as it said it: %s', async (method) => {
    const { caddy, knocks } = await startRefusing()

    const { status, text, headers, after } = await ask(`${caddy.url}/api/chats`, { method })

    expect([status, text, after, headers.get('x-node')]).toEqual([503, 'said by the node', '5', 'a'])
    // What only asks was tried at other nodes first; there are none.
    expect(knocks.length > 1).toBe(method === 'GET')
  })

  test('whoever is refused a socket has knocked once, and comes again when they were told to', async () => {
    const { caddy, knocks } = await startRefusing()

    await knockForSocket(caddy.url)

    expect(knocks).toEqual(['GET /ws'])
  })

  test('a socket whose node died in mid-knock is not knocked for again either', async () => {
    const { caddy, knocks } = await startBreaking()

    await knockForSocket(caddy.url)

    expect(knocks).toEqual(['GET /ws'])
  })

  test('what changes something is asked once; when its answer breaks off, that is said as a node says it', async () => {
    const { caddy, knocks } = await startBreaking()

    const { status, text, type, after } = await ask(`${caddy.url}/api/chats`, { method: 'POST', body: '{}' })

    expect([status, type, after]).toEqual([503, 'application/problem+json', '1'])
    expect(JSON.parse(text)).toEqual(UNREACHABLE)
    expect(knocks).toEqual(['POST /api/chats'])
  })
})

describe.if(hasCaddy)('a page of its own', () => {
  test.each([false, true])('is as safe as one of a node, with https: %p (S-50, S-51)', async (isHttps) => {
    const { caddy } = await startBreaking(isHttps)
    const tls = { rejectUnauthorized: false }
    const isThere = () =>
      ask(caddy.url, { method: 'POST', tls }).then(
        () => true,
        () => false,
      )
    await untilSo('Caddy has made its certificate', isThere)

    for (const language of ['en', 'ru']) {
      const how = { method: 'POST', tls, headers: { 'accept-language': language } }
      const page = await ask(`${caddy.url}/login`, how)
      const [, style = ''] = /<style>(.*?)<\/style>/.exec(page.text) ?? []
      const hash = new Bun.CryptoHasher('sha256').update(style).digest('base64')
      const [csp, ...others] = policiesOf(page.headers)

      expect([page.status, page.text.includes(`<html lang="${language}">`)]).toEqual([503, true])
      expect(others).toEqual(policiesOfNode('text/html', isHttps).slice(1))
      expect(csp).toContain(`style-src 'sha256-${hash}';`)
      expect(csp).toStartWith("default-src 'none';")
      expect(csp).not.toContain('unsafe')
    }
    const api = await ask(`${caddy.url}/api/chats`, { method: 'POST', tls })
    expect(policiesOf(api.headers)).toEqual(policiesOfNode('application/problem+json', isHttps))
  })
})

/** What keeps a browser from doing harm: what a page may load, and all else. */
const POLICIES = [
  'content-security-policy',
  'x-content-type-options',
  'referrer-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'permissions-policy',
  'x-frame-options',
  'strict-transport-security',
  'cache-control',
]

const policiesOf = (headers: Headers) => POLICIES.map((name) => headers.get(name))

function policiesOfNode(type: string, isHttps: boolean) {
  const headers = new Headers({ 'content-type': type })
  secure(headers, isHttps)
  // All that a node sets is looked at.
  expect([...headers.keys()].filter((name) => name !== 'content-type' && !POLICIES.includes(name))).toEqual(
    [],
  )
  return policiesOf(headers)
}

const CLUSTER =
  'with PostgreSQL stopped no node is ready: programs and people are told so, and that they may come again'

if (hasCluster) {
  test(CLUSTER, async () => {
    const cluster = await startCluster({ command: builtExecutable(), nodes: 2 })
    ends.push(() => cluster.stop())
    const { url } = cluster.caddy
    const heard: Awaited<ReturnType<typeof ask>>[] = []
    const askApi = async (method = 'GET') => {
      const answer = await ask(`${url}/api/chats`, { method })
      heard.push(answer)
      return answer
    }
    expect((await askApi()).status).toBe(401)
    const [file = ''] = /\/assets\/[^"]+/.exec((await ask(`${url}/login`)).text) ?? []

    await cluster.postgres.crash()
    await untilSo('no node is ready', async () => (await askApi()).text.includes('unreachable'))

    const api = await Promise.all([askApi('GET'), askApi('POST')])
    expect(api.map(({ text }) => JSON.parse(text))).toEqual([UNREACHABLE, UNREACHABLE])
    const [first] = api
    expect(first?.headers.get('x-request-id')).toBe(JSON.parse(first?.text ?? '{}').request_id)
    const socket = await ask(`${url}/ws`)
    expect(JSON.parse(socket.text)).toEqual(UNREACHABLE)
    await expectPages(url)
    // A page that is open may load what it needs.
    expect((await ask(url + file)).status).toBe(200)

    await cluster.postgres.start()
    await untilSo('a node is ready', async () => (await askApi()).status === 401)
    const refused = heard.filter(({ status }) => status !== 401)
    expect(refused.map(({ status, type, after }) => [status, type, after])).toEqual(
      refused.map(() => [503, 'application/problem+json', '1']),
    )
  }, 120_000)
}

/** In the words of the nodes, in the language that somebody chose, or their browser. */
async function expectPages(url: string): Promise<void> {
  const cases: [Record<string, string>, 'en' | 'ru'][] = [
    [{}, 'en'],
    [{ 'accept-language': 'ru-RU,ru;q=0.9,en;q=0.8' }, 'ru'],
    [{ 'accept-language': 'run,en-GB' }, 'en'],
    [{ 'accept-language': 'ru', cookie: 'locale=en' }, 'en'],
    [{ 'accept-language': 'en', cookie: 'locale=ru' }, 'ru'],
  ]
  for (const [headers, locale] of cases) {
    const page = await ask(`${url}/login`, { headers })
    const { unavailable, home } = texts(locale).error
    const lead = refusalText(locale, 'unreachable')
    expect([page.status, page.type, page.after]).toEqual([503, 'text/html; charset=utf-8', '1'])
    expect(page.text).toStartWith(`<!doctype html>\n<html lang="${locale}">`)
    for (const words of [unavailable, lead, home]) expect(page.text).toContain(`>${words}<`)
    expect(page.headers.get('cache-control')).toBe('private, no-store')
    expect([page.headers.get('hx-retarget'), page.headers.get('refresh')]).toEqual([null, '10'])
  }
  const part = await ask(`${url}/login`, { headers: { 'hx-request': 'true' } })
  expect([part.headers.get('hx-retarget'), part.headers.get('hx-reselect')]).toEqual(['#app', 'main'])
}
