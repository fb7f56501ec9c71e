import type { SignedIn } from './startSession.ts'

/** Whether the browser came by HTTPS: then the names carry `__Host-`, which no other host and no plain page can set. */
type Secure = boolean

const ACCESS = 'warren_access'
const REFRESH = 'warren_refresh'
const REFRESH_MAX_AGE_S = 7 * 24 * 3600

const nameOf = (name: string, secure: Secure) => (secure ? `__Host-${name}` : name)

/** What a browser sent of ours. */
export interface Cookies {
  access: string | null
  refresh: string | null
}

/**
 * Our two cookies, each null when it was not sent. Those with the other scheme's names are not ours; where the scheme
 * is not known, those of HTTPS win over what anybody on the way might have planted.
 */
export function readCookies(headers: Headers, secure?: Secure): Cookies {
  const cookies = new Bun.CookieMap(headers.get('cookie') ?? '')
  if (secure === undefined) {
    const safe = readCookies(headers, true)
    return safe.access !== null || safe.refresh !== null ? safe : readCookies(headers, false)
  }
  return {
    access: cookies.get(nameOf(ACCESS, secure)),
    refresh: cookies.get(nameOf(REFRESH, secure)),
  }
}

/** Whether the request carries a cookie of ours: then a browser may have added it by itself. */
export function hasCookie(headers: Headers, secure?: Secure): boolean {
  const { access, refresh } = readCookies(headers, secure)
  return access !== null || refresh !== null
}

/** `Set-Cookie` values that sign a browser in. */
export const signInCookies = (signedIn: SignedIn, secure: Secure): string[] => [
  cookie(ACCESS, signedIn.accessToken, { secure, maxAge: signedIn.expiresIn }),
  cookie(REFRESH, signedIn.refreshToken, { secure, maxAge: REFRESH_MAX_AGE_S }),
]

/** `Set-Cookie` values that sign it out. */
export const signOutCookies = (secure: Secure): string[] =>
  [ACCESS, REFRESH].map((name) => cookie(name, '', { secure, maxAge: 0 }))

/** Lax: a link from elsewhere opens Warren signed in; an unsafe request from elsewhere comes without (S-30, S-51). */
const cookie = (name: string, value: string, { secure, maxAge }: { secure: Secure; maxAge: number }) =>
  `${nameOf(name, secure)}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
