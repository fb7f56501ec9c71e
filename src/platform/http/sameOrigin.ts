import { refuse } from '../errors.ts'

/** The origin that our own pages have: the setting's, or the request's own scheme and Host. */
export function ownOrigin(baseUrl: string | null, scheme: 'http' | 'https', headers: Headers): string | null {
  if (baseUrl !== null) return new URL(baseUrl).origin
  const host = headers.get('host')
  if (host === null) return null
  const url = URL.parse(`${scheme}://${host}`)
  return url === null || url.host === '' ? null : url.origin
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

export interface Asking {
  method: string
  headers: Headers
  own: string | null
  /** Whether the request carries a cookie of ours: then a browser may have added it by itself. */
  hasCookie: boolean
}

/** Refuses an unsafe request that a page of another origin may have caused (S-30). */
export function requireSameOrigin({ method, headers, own, hasCookie }: Asking): void {
  if (SAFE.has(method)) return
  const site = headers.get('sec-fetch-site')
  if (site !== null) {
    if (site !== 'same-origin' && site !== 'none') refuse('forbidden', 'cross_origin')
    return
  }
  const origin = headers.get('origin')
  if (origin === null ? hasCookie : origin !== own) refuse('forbidden', 'cross_origin')
}

/** A socket's Origin must be ours when there is one, and a cookie needs one (S-31). */
export function requireOwnOrigin({ headers, own, hasCookie }: Omit<Asking, 'method'>): void {
  const origin = headers.get('origin')
  if (origin === null ? hasCookie : origin !== own) refuse('forbidden', 'cross_origin')
}
