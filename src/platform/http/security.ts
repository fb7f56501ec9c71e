/** What every answer carries (S-50, S-51). */

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "font-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
].join('; ')

const ALWAYS: readonly (readonly [string, string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'same-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Permissions-Policy', 'camera=(self), microphone=(self), geolocation=(), payment=(), usb=()'],
  ['X-Frame-Options', 'DENY'],
]

const TWO_YEARS_S = 63_072_000

/** Adds to what a handler answered. Its own `Cache-Control` and CSP stand: only assets say another one. */
export function secure(headers: Headers, isHttps: boolean): void {
  for (const [name, value] of ALWAYS) headers.set(name, value)
  if (isHttps) headers.set('Strict-Transport-Security', `max-age=${TWO_YEARS_S}`)
  // Whoever asks may be signed in: no cache may keep an answer for the next one (S-21).
  if (!headers.has('cache-control')) headers.set('Cache-Control', 'private, no-store')
  if (headers.has('content-security-policy')) return
  const isPage = headers.get('content-type')?.startsWith('text/html') === true
  headers.set('Content-Security-Policy', isPage ? CSP : "default-src 'none'; frame-ancestors 'none'")
}
