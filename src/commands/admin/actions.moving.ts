import { z } from '@hono/zod-openapi'
import type { App } from '../../platform/context.ts'
import { refuse } from '../../platform/errors.ts'
import { type Hold, holdOf, readMoved } from '../../platform/keeping/hold.ts'
import { action } from './action.ts'

const token = z.uuid()

/** What `warren move` asks of a node while it copies its database. Each refuses `conflict` as `hold.ts` says. */
export const MOVING_ACTIONS = {
  begin_move: action(z.strictObject({ token: token.optional() }), async (app, input) => ({
    token: await requireHold(app).begin(input.token),
  })),

  keep_move: action(z.strictObject({ token }), async (app, input) => requireHold(app).keep(input.token)),

  finish_move: action(z.strictObject({ token, to: z.string().max(1000) }), (app, input) =>
    requireHold(app).finish(input.token, input.to),
  ),

  end_move: action(z.strictObject({}), async (app) => {
    const moved = await readMoved(app.db)
    await requireHold(app).end()
    return { was_moved: moved !== null }
  }),
}

/** Only SQLite is moved from. */
const requireHold = (app: App): Hold => holdOf(app.db) ?? refuse('conflict', 'not_moving')
