import type { App } from '../platform/context.ts'
import { type MessageWire, presentMessage } from '../timeline/index.ts'
import { type Asking, requireMessage } from './access.ts'

/** One message as it is now, to members of its chat. Refuses `message`. */
export function getMessage(app: App, asking: Asking): Promise<MessageWire> {
  return app.db.view(async (sql) => presentMessage(sql, await requireMessage(sql, asking)))
}
