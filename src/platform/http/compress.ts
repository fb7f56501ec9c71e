import { takenEncodings } from './encodings.ts'

/** Below this the header costs what the body saves. */
const WORTH_BYTES = 1024

/** What takes longer than about a millisecond another thread does: a page less large is not worth the way there. */
const LARGE_BYTES = 256 * 1024

interface Encoding {
  name: string
  encode(page: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
}

/** The better first; browsers take Brotli over HTTPS only. Why these levels: docs/decisions/0005-compressed-pages.md. */
const ENCODINGS: readonly Encoding[] = [
  { name: 'br', encode: toBrotli },
  { name: 'gzip', encode: toGzip },
]

/** Loaded with the first page: it takes 7 ms, a tenth of a start. */
async function toBrotli(page: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { brotliCompress, brotliCompressSync, constants } = await import('node:zlib')
  const how = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }
  return page.length < LARGE_BYTES
    ? brotliCompressSync(page, how)
    : aside((done) => brotliCompress(page, how, done))
}

async function toGzip(page: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (page.length < LARGE_BYTES) return Bun.gzipSync(page, { level: 4, library: 'libdeflate' })
  const { gzip } = await import('node:zlib')
  return aside((done) => gzip(page, { level: 4 }, done))
}

type Done = (error: Error | null, compressed: Uint8Array<ArrayBuffer>) => void

const aside = (compress: (done: Done) => void): Promise<Uint8Array<ArrayBuffer>> =>
  new Promise((resolve, reject) =>
    compress((error, compressed) => (error ? reject(error) : resolve(compressed))),
  )

/**
 * A page, compressed where the browser takes that and asked by itself. What another site made it ask for stays as it is:
 * there the size of a compressed page would tell whether what that site put into it is also elsewhere in it (BREACH).
 */
export async function compressPage(request: Request, response: Response): Promise<Response> {
  const { headers } = response
  if (response.body === null || headers.get('content-type')?.startsWith('text/html') !== true) return response
  headers.append('Vary', 'Accept-Encoding, Sec-Fetch-Site')
  const taken = takenEncodings(request.headers.get('accept-encoding'))
  const encoding = ENCODINGS.find(({ name }) => taken.has(name))
  if (encoding === undefined || !isAskedByItself(request)) return response

  const body = await response.bytes()
  if (body.length < WORTH_BYTES) return new Response(body, response)
  headers.set('Content-Encoding', encoding.name)
  return new Response(await encoding.encode(body), response)
}

/** From a page of ours, or by the person: a link in another program, the address line. A browser too old to say gets no. */
function isAskedByItself({ headers }: Request): boolean {
  const site = headers.get('sec-fetch-site')
  return site === 'same-origin' || site === 'none'
}
