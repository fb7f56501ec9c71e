import { BlockList, isIP, isIPv4 } from 'node:net'

/** The hops whose word about a client's address is taken (`WARREN_TRUSTED_PROXIES`). */
export interface TrustedProxies {
  has(address: string): boolean
}

/** The other end of a unix socket: it has no address, and is only ever a proxy or a program on this machine. */
export const UNIX_PEER = 'unix'

/** CIDRs or single addresses, and whoever may open our unix socket. Throws on what is neither. */
export function trustProxies(ranges: readonly string[]): TrustedProxies {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    if (isIP(address) === 0) throw new Error(`not an address: ${range}`)
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  const isListed = (address: string) => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
  return { has: (address) => address === UNIX_PEER || (isIP(address) !== 0 && isListed(address)) }
}

/** `::ffff:192.0.2.1` is 192.0.2.1: one client has one address. */
function plainAddress(address: string): string {
  const mapped = address.toLowerCase().startsWith('::ffff:') ? address.slice(7) : address
  return isIPv4(mapped) ? mapped : address.toLowerCase()
}

/** Who shares a limit: an IPv4 address, or the /64 that one home or one rented machine has of IPv6 and may walk through. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const front = head.split(':').filter(Boolean)
  const back = tail?.split(':').filter(Boolean) ?? []
  const zeros = Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0')
  const words = [...front, ...zeros, ...back].slice(0, 4)
  return `${words.map((word) => Number.parseInt(word, 16).toString(16)).join(':')}::/64`
}

/** The client's address: of the peer, or what the nearest trusted proxies say, read from the right (S-48). */
export function clientAddress(headers: Headers, peer: string, trusted: TrustedProxies): string {
  let address = plainAddress(peer)
  const hops = (headers.get('x-forwarded-for') ?? '').split(',').map((hop) => plainAddress(hop.trim()))
  while (trusted.has(address)) {
    const before = hops.pop()
    if (before === undefined || isIP(before) === 0) break
    address = before
  }
  return address
}

const FORWARDING = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
]

/**
 * Somebody at this machine, with no proxy in between: the first run needs no token of them. They ask for it by a name
 * of this machine too: a page elsewhere may give its own name this address, and the browser then takes us for it.
 */
export function isDirectLoopback(headers: Headers, peer: string): boolean {
  if (!isLoopback(plainAddress(peer)) || FORWARDING.some((name) => headers.has(name))) return false
  const host = URL.parse(`http://${headers.get('host') ?? ''}`)?.hostname ?? ''
  return host === 'localhost' || isLoopback(host.replace(/^\[(.*)\]$/, '$1'))
}

const isLoopback = (address: string): boolean =>
  address === '::1' || (isIPv4(address) && address.startsWith('127.'))

/** `https` when a trusted proxy says so, else as the request came. */
export function schemeOf(request: Request, peer: string, trusted: TrustedProxies): 'http' | 'https' {
  const said = request.headers.get('x-forwarded-proto')
  if (said !== null && trusted.has(plainAddress(peer))) return said === 'https' ? 'https' : 'http'
  return request.url.startsWith('https:') ? 'https' : 'http'
}
