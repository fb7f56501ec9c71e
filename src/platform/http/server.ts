import type { Server } from 'bun'
import type { Connection } from '../realtime/connection.ts'
import { websocketOf } from '../realtime/socket.ts'
import { trustProxies, UNIX_PEER } from './address.ts'
import { answer } from './answer.ts'
import { readAsker } from './asker.ts'
import { MAX_BODY } from './body.ts'
import type { Answering } from './respond.ts'

export interface ServerDeps extends Answering {
  listen: { unix: string } | { hostname: string; port: number }
}

export interface HttpServer {
  readonly server: Server<Connection>
  /** Requests being answered. */
  readonly running: number
  /** From now on every new request is refused `unavailable`, but for the health of the node. */
  refuseNew(): void
}

/** Listens. Bun itself refuses headers over 16 KB (431) and a body over its limit. */
export function startServer(deps: ServerDeps): HttpServer {
  const { config, metrics } = deps.realtime.desk.app
  const rules = { trusted: trustProxies(config.trustedProxies), baseUrl: config.baseUrl }
  const isUnix = 'unix' in deps.listen
  const state = { isClosed: false }
  const server = Bun.serve<Connection>({
    // Bun's types give a unix socket no idle timeout; it has one.
    ...(deps.listen as { hostname: string; port: number }),
    development: false,
    // In the executable Bun would share the port, and two nodes with two databases would take turns at one address.
    reusePort: false,
    // A header or the next byte of a body may take so long (S-45).
    idleTimeout: 10,
    maxRequestBodySize: 4 * MAX_BODY,
    websocket: websocketOf(deps.realtime),
    fetch: (request, server) => {
      const peer = isUnix ? UNIX_PEER : (server.requestIP(request)?.address ?? '')
      const asker = readAsker(request, peer, rules)
      const parts = { ...deps, server, isClosed: state.isClosed }
      metrics.running++
      return answer(parts, request, asker).finally(() => metrics.running--)
    },
  })
  deps.realtime.bus.attach((topic, text) => {
    metrics.published++
    server.publish(topic, text)
  })
  return {
    server,
    get running() {
      return metrics.running
    },
    refuseNew: () => {
      state.isClosed = true
    },
  }
}
