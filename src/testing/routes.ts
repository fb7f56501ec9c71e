import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { refuse } from '../platform/errors.ts'
import { json, pathId } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import type { WireOptions } from './wire.ts'

/** What `POST /api/notes` was given. */
export const echoed: unknown[] = []
const note = z.strictObject({ text: z.string(), tags: z.array(z.unknown()).optional() })
/** A few routes of each kind, for tests of what stands before all routes. */
export const routes: NonNullable<WireOptions['routes']> = (api, pages) => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/notes',
      request: { body: json(note) },
      responses: { 201: { description: 'made' } },
    }),
    (c) => {
      echoed.push(c.req.valid('json'))
      return c.json({ length: c.req.valid('json').text.length }, 201)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/notes/{id}',
      request: {
        params: z.object({ id: pathId('note') }),
        query: z.strictObject({ limit: z.string().optional() }),
      },
      responses: { 200: { description: 'found' } },
    }),
    (c) => c.json({ id: c.req.valid('param').id }),
  )
  api.put('/api/notes/:id', (c) => c.json({}))
  api.get('/api/mine', (c) => c.json(requireSession(c)))
  api.get('/api/slow', async (c) => {
    for (let turns = Math.random() * 5; turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve))
    return c.json(requireSession(c))
  })
  api.get('/api/crash', () => {
    throw new Error('SQLITE_ERROR near "select" in /var/lib/warren')
  })
  api.get('/api/limited', () => refuse('rate_limited', 'too_fast', { retryAfterMs: 1200 }))
  api.get('/api/address', (c) =>
    c.json({ address: c.var.address, isLocal: c.var.isLocal, origin: c.var.origin }),
  )
  api.post('/api/logout', (c) => {
    c.header('Set-Cookie', 'warren_access=; Max-Age=0', { append: true })
    return c.body(null, 204)
  })
  pages.get('/page', (c) => c.html('<!doctype html><p>hi'))
  pages.post('/page', async (c) => c.html(`<p>${String((await c.req.parseBody()).text)}`))
  pages.get('/crash', () => {
    throw new Error('secret')
  })
}
