import { afterAll, beforeAll, expect, test } from 'bun:test'
import { typeText } from '../../../views/docs/schemaText.ts'
import { startTestNode, type TestNode } from '../node.ts'
import { openVisitor } from '../visitor.ts'

let node: TestNode
beforeAll(async () => {
  node = await startTestNode()
})
afterAll(() => node.stop())

/** The first two words of each heading: the method and the path of a route, the name of a frame or a shape. */
const titlesOf = (html: string): Set<string> =>
  new Set(
    [...html.matchAll(/<h[34]>(.*?)<\/h[34]>/gs)].map(([, inner = '']) =>
      inner
        .replace(/<[^>]*>/g, ' ')
        .trim()
        .split(/\s+/)
        .slice(0, 2)
        .join(' '),
    ),
  )

test('the reference lists every route and every frame of the documents, to strangers too', async () => {
  const { html, status } = await openVisitor(node.url).get('/docs/api')
  const { paths, components } = (await node.stranger.get('/api/openapi.json')).body
  const { channels } = (await node.stranger.get('/api/asyncapi.json')).body
  const routes = Object.entries<object>(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const frames = [channels.client, channels.node].flatMap(({ messages }) => Object.keys(messages))
  const names = [...routes, ...frames, ...Object.keys(components.schemas)]

  expect(status).toBe(200)
  expect(names.length).toBeGreaterThan(80)
  expect(names.filter((name) => !titlesOf(html).has(name))).toEqual([])
  expect(html).not.toContain('<script')
  expect(html).not.toMatch(/undefined|\[object/)
})

test('the reference speaks the language of the reader', async () => {
  expect((await openVisitor(node.url, 'ru').get('/docs/api')).html).toContain('<h1>Справочник по API</h1>')
  expect((await openVisitor(node.url).get('/docs/api')).html).toContain('<h1>API reference</h1>')
})

test('a type is written as a person reads it', () => {
  expect(typeText({ type: 'string', maxLength: 80, minLength: 1 })).toBe('string 1–80')
  expect(typeText({ type: ['integer', 'null'], minimum: 0, maximum: Number.MAX_SAFE_INTEGER })).toBe(
    'integer ≥ 0 | null',
  )
  expect(typeText({ type: 'array', items: { enum: ['a', 'b'] } })).toBe('("a" | "b")[]')
  expect(typeText({ type: 'object', properties: { at: { type: 'string', format: 'date-time' } } })).toBe(
    '{at?: time}',
  )
  expect(typeText({ $ref: '#/components/schemas/Chat' })).toBe('Chat')
})
