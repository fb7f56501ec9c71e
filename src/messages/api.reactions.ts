import { createRoute, z } from '@hono/zod-openapi'
import type { Api } from '../platform/http/api.ts'
import { json } from '../platform/http/routes.ts'
import { page, pageQuery } from '../platform/schema.ts'
import { answers, askingOf, MESSAGE, messagePath } from './api.asking.ts'
import { pinMessage } from './pin.ts'
import { react } from './react.ts'
import { listReactions } from './reactions.ts'
import { listReads } from './reads.ts'
import { pathEmoji, reactorWire, readWire } from './wire.ts'

const reactionParams = messagePath.extend({ emoji: pathEmoji })
const routes = {
  react: createRoute({
    method: 'put',
    path: `${MESSAGE}/reactions/{emoji}`,
    request: { params: reactionParams },
    responses: answers("The message with one's own emoji under it."),
  }),
  unreact: createRoute({
    method: 'delete',
    path: `${MESSAGE}/reactions/{emoji}`,
    request: { params: reactionParams },
    responses: answers("The message without one's own emoji."),
  }),
  pin: createRoute({
    method: 'put',
    path: `${MESSAGE}/pin`,
    request: { params: messagePath },
    responses: answers('The message, pinned.'),
  }),
  unpin: createRoute({
    method: 'delete',
    path: `${MESSAGE}/pin`,
    request: { params: messagePath },
    responses: answers('The message, not pinned.'),
  }),
  reactions: createRoute({
    method: 'get',
    path: `${MESSAGE}/reactions`,
    request: { params: messagePath, query: pageQuery },
    responses: { 200: json(z.object({ data: z.array(reactorWire), page }), 'Reactions, oldest first.') },
  }),
  reads: createRoute({
    method: 'get',
    path: `${MESSAGE}/reads`,
    request: { params: messagePath },
    responses: { 200: json(z.object({ data: z.array(readWire) }), 'Who has read as far as this message.') },
  }),
}

/** What others do to a message: react, pin, read. */
export function mountReactionsApi(api: Api): void {
  for (const [route, on] of [
    [routes.react, true],
    [routes.unreact, false],
  ] as const) {
    api.openapi(route, async (c) => {
      const { emoji, ...path } = c.req.valid('param')
      return c.json({ message: await react(c.var.app, { ...askingOf(c, path), emoji, on }) }, 200)
    })
  }
  for (const [route, on] of [
    [routes.pin, true],
    [routes.unpin, false],
  ] as const) {
    api.openapi(route, async (c) => {
      const pinning = { ...askingOf(c, c.req.valid('param')), on }
      return c.json({ message: await pinMessage(c.var.app, pinning) }, 200)
    })
  }
  api.openapi(routes.reactions, async (c) => {
    const asked = { ...askingOf(c, c.req.valid('param')), ...c.req.valid('query') }
    return c.json(await listReactions(c.var.app, asked), 200)
  })
  api.openapi(routes.reads, async (c) =>
    c.json({ data: await listReads(c.var.app, askingOf(c, c.req.valid('param'))) }, 200),
  )
}
