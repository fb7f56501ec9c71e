import { type Id, newId } from '../ids.ts'
import { readTrace, type Trace } from '../trace.ts'
import { clientAddress, isDirectLoopback, networkOf, schemeOf, type TrustedProxies } from './address.ts'
import { ownOrigin } from './sameOrigin.ts'

/** What is known of a request before anybody looks at what it wants. */
export interface Asker {
  requestId: Id<'request'>
  trace: Trace
  /** The pattern that the path fits, once somebody knows it: few, for requests are counted by it. */
  route: string
  /** What limits count by: of IPv6 its network. */
  address: string
  isLocal: boolean
  isHttps: boolean
  origin: string | null
}

/** `peer` is the other end of the connection, empty when it is gone already. That of a unix socket is never local. */
export function readAsker(
  request: Request,
  peer: string,
  rules: { trusted: TrustedProxies; baseUrl: string | null },
): Asker {
  const { headers } = request
  const { trusted, baseUrl } = rules
  const scheme = schemeOf(request, peer, trusted)
  const requestId = newId<'request'>()
  return {
    requestId,
    trace: readTrace(headers.get('traceparent'), requestId),
    route: 'unmatched',
    address: networkOf(clientAddress(headers, peer, trusted)),
    isLocal: isDirectLoopback(headers, peer),
    isHttps: baseUrl === null ? scheme === 'https' : baseUrl.startsWith('https:'),
    origin: ownOrigin(baseUrl, scheme, headers),
  }
}
