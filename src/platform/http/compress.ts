import { takenEncodings } from './encodings.ts'

/** Below this the header costs what the body saves. */
const WORTH_BYTES = 1024
/** A page is written in about ten times the time that this takes; see docs/decisions/0005-compressed-pages.md. */
const LEVEL = 4

/**
 * A page, compressed where the browser takes that and asked by itself. What another site made it ask for stays as it is:
 * there the size of a compressed page would tell whether what that site put into it is also elsewhere in it (BREACH).
 */
export async function compressPage(request: Request, response: Response): Promise<Response> {
  const { headers } = response
  if (response.body === null || headers.get('content-type')?.startsWith('text/html') !== true) return response
  headers.append('Vary', 'Accept-Encoding, Sec-Fetch-Site')
  if (!isAskedByItself(request) || !takenEncodings(request.headers.get('accept-encoding')).has('gzip'))
    return response

  const body = await response.bytes()
  if (body.length < WORTH_BYTES) return new Response(body, response)
  headers.set('Content-Encoding', 'gzip')
  return new Response(Bun.gzipSync(body, { level: LEVEL, library: 'libdeflate' }), response)
}

/** From a page of ours, or by the person: a link in another program, the address line. A browser too old to say gets no. */
function isAskedByItself({ headers }: Request): boolean {
  const site = headers.get('sec-fetch-site')
  return site === 'same-origin' || site === 'none'
}
