import { createRoute, z } from '@hono/zod-openapi'
import type { Api } from '../platform/http/api.ts'
import { json } from '../platform/http/routes.ts'
import { answers, askingOf, MESSAGE, messagePath } from './api.asking.ts'
import { mountReactionsApi } from './api.reactions.ts'
import { content } from './draft.ts'
import { editMessage } from './edit.ts'
import { getMessage } from './get.ts'
import { deleteMessage } from './remove.ts'

const routes = {
  get: createRoute({
    method: 'get',
    path: MESSAGE,
    request: { params: messagePath },
    responses: answers('The message.'),
  }),
  edit: createRoute({
    method: 'put',
    path: MESSAGE,
    request: { params: messagePath, body: json(z.strictObject({ content })) },
    responses: answers('The message as it says it now.'),
  }),
  remove: createRoute({
    method: 'delete',
    path: MESSAGE,
    request: { params: messagePath },
    responses: answers('The tombstone in its place.'),
  }),
}

/** The routes of one message by its id. */
export function mountMessageApi(api: Api): void {
  api.openapi(routes.get, async (c) =>
    c.json({ message: await getMessage(c.var.app, askingOf(c, c.req.valid('param'))) }, 200),
  )
  api.openapi(routes.edit, async (c) => {
    const editing = { ...askingOf(c, c.req.valid('param')), ...c.req.valid('json') }
    return c.json({ message: await editMessage(c.var.app, editing) }, 200)
  })
  api.openapi(routes.remove, async (c) =>
    c.json({ message: await deleteMessage(c.var.app, askingOf(c, c.req.valid('param'))) }, 200),
  )
  mountReactionsApi(api)
}
