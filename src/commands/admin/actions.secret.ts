import { z } from '@hono/zod-openapi'
import type { App } from '../../platform/context.ts'
import { NOTICED_MS } from '../../platform/secretsGuard.ts'
import { beginRotation, finishRotation, type KeyFolder, resealSome } from '../../platform/secretsRotation.ts'
import { allSealed } from '../../rooms.ts'
import { action } from './action.ts'

const place = z.strictObject({ column: z.int().min(0), after: z.string().max(100) })

const folderOf = ({ config }: App): KeyFolder => (config.secretKey === null ? config.dataDir : null)

/** Replacing the secret key, in three steps: the second is asked for until nothing is left. */
export const SECRET_ACTIONS = {
  begin_rotation: action(z.strictObject({}), async (app) => {
    const isFirst = await beginRotation(app, folderOf(app))
    return { is_first: isFirst, settle_ms: app.db.dialect === 'postgres' ? 3 * NOTICED_MS : 0 }
  }),

  reseal_some: action(z.strictObject({ from: place.nullable() }), (app, { from }) =>
    resealSome(app, allSealed, from),
  ),

  /** For whoever asks how the node is: its own settings may be older than those that are set by now. */
  key_trouble: action(z.strictObject({}), async (app) => app.secrets.trouble),

  finish_rotation: action(z.strictObject({}), (app) => finishRotation(app, folderOf(app))),
}
