/** The encodings that a browser takes (RFC 9110, 12.5.3), in lower case. One with a weight of 0 is refused. */
export function takenEncodings(accepts: string | null): ReadonlySet<string> {
  const refused = /;\s*q=0(\.0*)?\s*$/
  const named = (accepts ?? '').split(',').filter((part) => !refused.test(part))
  return new Set(named.map((part) => part.split(';')[0]?.trim().toLowerCase() ?? ''))
}
