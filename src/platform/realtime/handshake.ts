import type { Server } from 'bun'
import { type Code, Refusal, refuse } from '../errors.ts'
import type { Limit } from '../http/limits.ts'
import { requireOwnOrigin } from '../http/sameOrigin.ts'
import { type Connection, newConnection } from './connection.ts'
import { beginLoad, endLoad, type LiveUser } from './live.ts'
import type { Realtime, SocketAnswer } from './socket.ts'

/** What the front knows of a request for a socket. */
export interface Knock {
  request: Request
  server: Server<Connection>
  address: string
  own: string | null
  isHttps: boolean
}

/** An office shares an address, so only what was refused counts. */
const REFUSED: Limit = { name: 'handshakes', points: 50, perMs: 60_000, isFrequent: true }
const COUNTED: ReadonlySet<Code> = new Set(['unauthenticated', 'forbidden'])

export const SOCKETS_A_USER = 20

/** Turns a request into a socket, or refuses it before the upgrade. */
export async function openSocket(realtime: Realtime, knock: Knock): Promise<void> {
  const { limits } = realtime.desk.app
  await limits.check(REFUSED, knock.address)
  try {
    await letIn(realtime, knock)
  } catch (error) {
    // What the refused may still do is the same answer as before, so a spent limit is no error of its own.
    if (error instanceof Refusal && COUNTED.has(error.code))
      await limits.spend(REFUSED, knock.address).catch(() => {})
    throw error
  }
}

/** 426 has no code of its own: the front answers it by this reason. */
export const UPGRADE_REQUIRED = 'upgrade_required'

async function letIn(realtime: Realtime, knock: Knock): Promise<void> {
  const { headers } = knock.request
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') refuse('invalid', UPGRADE_REQUIRED)
  requireRoom(realtime)
  const knockedAt = performance.now()
  const { session, setCookies } = await authenticate(realtime, knock)
  if (session === null) refuse('unauthenticated', 'unauthenticated')
  const user = beginLoad(realtime.bus.live, session.userId)
  try {
    requireFewSockets(realtime, user)
    const heads = await realtime.bus.reader.loadHeads(session.userId)
    requireFewSockets(realtime, user)
    const data = newConnection(session, user, knockedAt)
    // `open` runs inside `upgrade`: it subscribes the socket and says hello in this same tick.
    realtime.hellos.set(data, heads)
    const headers = new Headers(setCookies.map((cookie) => ['Set-Cookie', cookie]))
    if (!knock.server.upgrade(knock.request, { data, headers })) refuse('invalid', UPGRADE_REQUIRED)
  } finally {
    endLoad(realtime.bus.live, user)
  }
}

function requireRoom({ desk, sockets, descriptors, admission }: Realtime): void {
  if (desk.isClosed) refuse('unavailable', 'restarting', { retryAfterMs: 1000 })
  if (descriptors.isNearlyFull(sockets.size)) refuse('unavailable', 'full', { retryAfterMs: 5000 })
  const waitMs = admission.ask()
  if (waitMs > 0) refuse('unavailable', 'busy', { retryAfterMs: waitMs })
}

function authenticate({ deps }: Realtime, { request, own, isHttps }: Knock): Promise<SocketAnswer> {
  const { headers } = request
  requireOwnOrigin({ headers, own, hasCookie: deps.hasCookie(headers, isHttps) })
  return deps.authenticateSocket(request, isHttps)
}

function requireFewSockets({ desk }: Realtime, { sockets }: LiveUser): void {
  if (sockets.length < Math.max(1, Math.floor(SOCKETS_A_USER * desk.app.config.limitsFactor))) return
  refuse('rate_limited', 'too_many_sockets', { retryAfterMs: 5000 })
}
