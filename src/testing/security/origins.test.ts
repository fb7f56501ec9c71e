import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mountPages } from '../../pages.ts'
import type { Here } from '../../presence/index.ts'
import { mountApi } from '../../rooms.ts'
import { startTestNode, type TestNode, type TestPerson } from '../node.ts'

// No page elsewhere makes a browser do anything here: every route that changes something is asked (S-30, S-32).

const EVIL = 'https://evil.example'

let node: TestNode
let ann: TestPerson
beforeAll(async () => {
  node = await startTestNode()
  ann = await node.person('ann')
})
afterAll(() => node.stop())

const UNSAFE = ['POST', 'PUT', 'PATCH', 'DELETE']

/** Every route of the router with something in place of its parameters. */
function unsafeRoutes(): { method: string; path: string }[] {
  const { app } = node.node
  const here: Here = { of: () => 'offline', changed: () => {}, stop: () => {} }
  const pages = mountPages({ asset: (name) => `/assets/${name}`, config: app.config })
  const found = [...pages.routes, ...mountApi(here).routes]
    .filter(({ method }) => UNSAFE.includes(method))
    .map(({ method, path }) => ({ method, path: path.replace(/:\w+(\{[^}]*\})?/g, Bun.randomUUIDv7()) }))
  return [...new Map(found.map((route) => [`${route.method} ${route.path}`, route])).values()]
}

const ask = (route: { method: string; path: string }, headers: Record<string, string>): Promise<Response> =>
  fetch(node.url + route.path, {
    method: route.method,
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: 'x=1',
  })

test('every unsafe route refuses what a page elsewhere causes, signing in and out included (S-30)', async () => {
  const cookie = `warren_access=${ann.token}; warren_refresh=${ann.refreshToken}`
  const forged: Record<string, string>[] = [
    { cookie, 'sec-fetch-site': 'cross-site', origin: EVIL },
    { cookie, 'sec-fetch-site': 'same-site', origin: node.url },
    { cookie, origin: EVIL },
    { cookie, origin: 'null' },
    { cookie, origin: `${node.url}.evil.example` },
    { cookie, origin: node.url.replace('http:', 'https:') },
    { cookie },
    { 'sec-fetch-site': 'cross-site', origin: EVIL },
    { origin: EVIL },
    { origin: 'null' },
  ]
  const routes = unsafeRoutes()
  const paths = routes.map(({ path }) => path)

  expect(routes.length).toBeGreaterThan(50)
  for (const path of ['/login', '/logout', '/setup', '/register', '/api/auth/refresh', '/api/auth/login'])
    expect(paths).toContain(path)
  for (const route of routes) {
    const answers = await Promise.all(forged.map((headers) => ask(route, headers)))
    expect([route, answers.map(({ status }) => status)]).toEqual([route, forged.map(() => 403)])
    // A forged request spends no token and sets no cookie.
    expect(answers.flatMap(({ headers }) => headers.getSetCookie())).toEqual([])
  }
  expect((await ann.get('/api/auth/me')).status).toBe(200)
  expect((await ann.post('/api/auth/refresh', { refresh_token: ann.refreshToken })).status).toBe(200)
}, 60_000)

test('no answer lets a page elsewhere read it, and none is framed, sniffed or kept (S-32, S-50, S-51)', async () => {
  const paths = ['/login', '/', '/api/auth/me', '/api/nothing', '/no/page', '/healthz', '/api/openapi.json']
  for (const path of paths)
    for (const method of ['GET', 'OPTIONS', 'HEAD']) {
      const { headers } = await fetch(node.url + path, {
        method,
        redirect: 'manual',
        headers: {
          origin: EVIL,
          'access-control-request-method': 'POST',
          authorization: `Bearer ${ann.token}`,
        },
      })
      const allowed = [...headers.keys()].filter((name) => name.startsWith('access-control-'))
      expect([path, method, allowed]).toEqual([path, method, []])
      const csp = headers.get('content-security-policy') ?? ''
      expect([path, method, csp]).toEqual([path, method, expect.stringContaining("frame-ancestors 'none'")])
      expect(csp).toStartWith("default-src 'none'")
      expect(csp).not.toContain('unsafe')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cache-control')).toBe('private, no-store')
    }
})

test('no script and no style stands in a page itself, and every script is ours (S-50)', async () => {
  const browser = { cookie: `warren_access=${ann.token}` }
  const { body } = await ann.post('/api/chats', { kind: 'group', name: 'Tea' })
  const paths = [
    '/',
    `/chats/${body.chat.id}`,
    '/people',
    '/channels',
    '/settings/account',
    '/chats/new',
    '/no',
  ]
  for (const [path, headers] of [...paths.map((path) => [path, browser] as const), ['/login', {}] as const]) {
    const html = await (await fetch(node.url + path, { headers })).text()
    const inline: string[] = []
    await new HTMLRewriter()
      .on('script, style, [style], link[rel=stylesheet]', {
        element: (element) => {
          const address = element.getAttribute('src') ?? element.getAttribute('href') ?? 'inline'
          if (!address.startsWith('/assets/')) inline.push(`${path} ${element.tagName}`)
        },
      })
      .on('*', {
        element: (element) => {
          for (const [name] of element.attributes)
            if (/^(on|hx-on|data-hx-on)/.test(name)) inline.push(`${path} ${element.tagName} ${name}`)
        },
      })
      .transform(new Response(html))
      .text()
    expect(inline).toEqual([])
  }
})

test('the way back after signing in leads nowhere else, however it is written (S-33)', async () => {
  const ways = [
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\tevil',
    '/a\r\nset-cookie: x=1',
    '%2F%2Fevil.example',
    '/\u2028/evil.example',
    ' //evil.example',
  ]
  for (const next of ways) {
    const answer = await fetch(`${node.url}/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ email: 'ann@example.org', password: 'a long password', next }),
    })
    expect([next, answer.status, answer.headers.get('location')]).toEqual([next, 303, '/'])
    expect(answer.headers.getSetCookie().map((cookie) => cookie.split('=')[0])).toEqual([
      'warren_access',
      'warren_refresh',
    ])
  }
})
