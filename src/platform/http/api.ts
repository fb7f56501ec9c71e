import type { Server } from 'bun'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { App } from '../context.ts'
import type { Connection } from '../realtime/connection.ts'
import type { Session } from '../session.ts'
import type { Asker } from './asker.ts'

/** What every request carries once the front door has looked at it. */
export interface Env {
  Bindings: { server: Server<Connection>; asker: Asker }
  Variables: {
    app: App
    /** Null for a stranger; `requireSession(c)` refuses one. */
    session: Session | null
    requestId: string
    /** The client's address, from a trusted proxy's header or from the peer itself (S-48). */
    address: string
    /** Somebody at this machine with no proxy in between: the first run asks no token of them. */
    isLocal: boolean
    /** Our own origin as the setting or this request has it: for links that only the asker is shown. */
    origin: string | null
  }
}

/** The JSON API of a room: `mountChatsApi(api: Api)`. */
export type Api = OpenAPIHono<Env>
