import type { Server } from 'bun'
import { type Refusal, refuse } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Connection } from '../realtime/connection.ts'
import { isSocketPath } from '../realtime/credential.ts'
import { openSocket, UPGRADE_REQUIRED } from '../realtime/handshake.ts'
import type { Realtime } from '../realtime/socket.ts'
import type { Asker } from './asker.ts'
import type { Front } from './front.ts'
import { type Operations, respondOperations } from './operations.ts'
import { METHOD_NOT_ALLOWED, toProblem, toRefusal } from './problem.ts'
import { secure } from './security.ts'

const MAX_PATH = 2048
const MAX_QUERY = 4096

/** Who answers what. */
export interface Answering {
  front: Front
  realtime: Realtime
  operations: Operations
  /** Answers below `/assets/`, without looking at a session; null for every other path. */
  assets(request: Request): Response | null
}

export interface Responding extends Answering {
  server: Server<Connection>
  isClosed: boolean
}

/** Undefined when the request became a socket. Never rejects. */
export async function respond(
  parts: Responding,
  request: Request,
  asker: Asker,
): Promise<Response | undefined> {
  const response = await route(parts, request, asker).catch((error: unknown) =>
    problemOf(parts.realtime.desk.app.log, asker.requestId, error),
  )
  if (response === undefined) return undefined
  response.headers.set('X-Request-Id', asker.requestId)
  secure(response.headers, asker.isHttps)
  return response
}

async function route(parts: Responding, request: Request, asker: Asker): Promise<Response | undefined> {
  const { pathname, search } = new URL(request.url)
  if (pathname.length > MAX_PATH) refuse('too_large', 'path_too_long')
  if (search.length > MAX_QUERY) refuse('too_large', 'query_too_long')
  const operational = await respondOperations(request, parts.operations, asker)
  if (operational !== null) return operational
  const asset = parts.assets(request)
  if (asset !== null) {
    asker.route = '/assets/*'
    return asset
  }
  if (parts.isClosed) refuse('unavailable', 'restarting', { retryAfterMs: 1000 })
  if (!isSocketPath(pathname)) return parts.front.fetch(request, { server: parts.server, asker })
  asker.route = '/ws'
  const { address, origin: own, isHttps } = asker
  await openSocket(parts.realtime, { request, server: parts.server, address, own, isHttps })
  return undefined
}

/** The problem that an error is told as. */
export function problemOf(log: Log, requestId: string, error: unknown): Response {
  const refusal: Refusal = toRefusal(error, log, requestId)
  const special = SPECIAL.get(refusal.reason)
  if (special === undefined) return toProblem(refusal, requestId)
  const response = toProblem(refusal, requestId, special.status)
  response.headers.set(special.header, special.value)
  return response
}

/** What HTTP has a status of its own for, and what that must say with it. */
const SPECIAL: ReadonlyMap<string, { status: number; header: string; value: string }> = new Map([
  [UPGRADE_REQUIRED, { status: 426, header: 'Upgrade', value: 'websocket' }],
  [METHOD_NOT_ALLOWED, { status: 405, header: 'Allow', value: 'GET, HEAD' }],
])
