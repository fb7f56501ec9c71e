import { type Id, newId } from '../ids.ts'
import { clientAddress, isDirectLoopback, networkOf, schemeOf, type TrustedProxies } from './address.ts'
import { ownOrigin } from './sameOrigin.ts'

/** What is known of a request before anybody looks at what it wants. */
export interface Asker {
  requestId: Id<'request'>
  /** What limits count by: of IPv6 its network. */
  address: string
  isLocal: boolean
  isHttps: boolean
  origin: string | null
}

/** `peer` is the other end of the connection; none (a unix socket) is never local and has no address of its own. */
export function readAsker(
  request: Request,
  peer: string | null,
  rules: { trusted: TrustedProxies; baseUrl: string | null },
): Asker {
  const { headers } = request
  const { trusted, baseUrl } = rules
  const scheme = schemeOf(request, peer ?? '', trusted)
  return {
    requestId: newId<'request'>(),
    address: networkOf(clientAddress(headers, peer ?? '', trusted)),
    isLocal: peer !== null && isDirectLoopback(headers, peer),
    isHttps: baseUrl === null ? scheme === 'https' : baseUrl.startsWith('https:'),
    origin: ownOrigin(baseUrl, scheme, headers),
  }
}
