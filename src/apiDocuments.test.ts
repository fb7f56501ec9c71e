import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startTestNode, type TestNode } from './testing/node.ts'

let node: TestNode
// biome-ignore lint/suspicious/noExplicitAny: a document of whatever shape
let openapi: any
// biome-ignore lint/suspicious/noExplicitAny: as above
let asyncapi: any

beforeAll(async () => {
  node = await startTestNode()
  openapi = (await node.stranger.get('/api/openapi.json')).body
  asyncapi = (await node.stranger.get('/api/asyncapi.json')).body
})

afterAll(() => node.stop())

const protocol = readFileSync(join(import.meta.dir, '../docs/protocol.md'), 'utf8')

/** Rows whose issue is not built yet: what they name does not exist. */
const LATER = /^\| (Media|Calls|Search|Devices) \|/
const LATER_PATHS = ['/api/users/me/avatar']

/** `GET/PUT /api/x/{id}` and `…/pin` of the tables, spelled out. */
function routesOf(text: string): string[] {
  const routes: string[] = []
  let base = ''
  for (const [, methods = '', path = ''] of text.matchAll(
    /`((?:GET|PUT|POST|DELETE)(?:\/(?:GET|PUT|POST|DELETE))*) ([/…][^` ?]*)/g,
  )) {
    const full = path.startsWith('…') ? base + path.slice(1) : path
    if (full.endsWith('/messages/{id}') || full.includes('/messages/{id}/')) base = '/api/chats/messages/{id}'
    for (const method of methods.split('/')) routes.push(`${method} ${full}`)
  }
  return routes
}

const named = (path: string) => path.replaceAll(/\{[^}]+\}/g, '{}')

test('every route that the protocol names is in the OpenAPI document', () => {
  const rows = protocol.split('\n').filter((row) => /^\| (Auth|Users|Invites|Chats|Messages) \|/.test(row))
  const wanted = rows.flatMap(routesOf).filter((route) => !LATER_PATHS.some((path) => route.endsWith(path)))

  const there = new Set(
    Object.entries<object>(openapi.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${named(path)}`),
    ),
  )

  expect(rows).toHaveLength(5)
  expect(wanted.length).toBeGreaterThan(35)
  expect(wanted.filter((route) => !there.has(named(route)))).toEqual([])
})

test('what belongs to later issues does not exist yet', () => {
  const later = protocol
    .split('\n')
    .filter((row) => LATER.test(row))
    .flatMap(routesOf)
  const there = new Set(Object.keys(openapi.paths).map(named))

  expect(later.length).toBeGreaterThan(5)
  expect(later.filter((route) => there.has(named(route.split(' ')[1] ?? '')))).toEqual([])
})

test('a stranger is refused before anything they sent is looked at', async () => {
  const routes = Object.entries<Record<string, { security?: object[] }>>(openapi.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security }]) =>
        security?.length === 0 ? [] : [{ method, path }],
      ),
  )

  const statuses = await Promise.all(
    routes.map(async ({ method, path }) => {
      const url = node.url + path.replaceAll(/\{[^}]+\}/g, 'x')
      const { status } = await fetch(url, { method: method.toUpperCase() })
      return `${method} ${path} ${status}`
    }),
  )

  expect(statuses.length).toBeGreaterThan(30)
  expect(statuses.filter((line) => !line.endsWith(' 401'))).toEqual([])
})

test('every frame that the protocol names is in the AsyncAPI document', () => {
  const client = Object.keys(asyncapi.channels.client.messages)
  const server = Object.keys(asyncapi.channels.node.messages)

  for (const type of [
    'send_message',
    'edit_message',
    'delete_message',
    'react',
    'message_read',
    'typing',
    'join_room',
  ])
    expect(client).toContain(type)
  for (const type of ['leave_room', 'sync', 'presence', 'watch_presence', 'ping'])
    expect(client).toContain(type)
  for (const type of ['hello', 'new_message', 'changes', 'chat_created', 'resync', 'pong', 'ack', 'error'])
    expect(server).toContain(type)
})
