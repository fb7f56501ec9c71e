import { Refusal, refuse } from '../errors.ts'
import { parseJson } from './json.ts'

/** Of JSON and of plain forms. Files have a door of their own. */
export const MAX_BODY = 256 * 1024
const READ_FOR_MS = 30_000

/** Reads a body by the bytes that come, whatever its headers declare; slower than 30 s it is given up (S-42, S-45). */
export async function readBody(request: Request, withinMs = READ_FOR_MS): Promise<ArrayBuffer> {
  if (request.body === null) return new ArrayBuffer(0)
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY) refuse('too_large', 'body_too_large')
  const reader = request.body.getReader()
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    void reader.cancel().catch(() => {}) // its reader is told that it ended
  }, withinMs)
  try {
    const body = await gather(reader)
    // What came so far looks like a whole form: half of a message must not be sent as one.
    return isLate ? refuse('invalid', 'body_malformed') : body
  } finally {
    clearTimeout(timer)
  }
}

async function gather(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<ArrayBuffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Bun.concatArrayBuffers(parts)
    size += value.byteLength
    if (size > MAX_BODY) {
      void reader.cancel().catch(() => {}) // the rest is not ours to wait for
      throw new Refusal('too_large', 'body_too_large')
    }
    parts.push(value)
  }
}

/** A body of the API is JSON, named so, in UTF-8, flat enough and without `__proto__`. */
export function requireJson(body: ArrayBuffer, contentType: string | null): void {
  if (body.byteLength === 0) return
  if (!isJson(contentType)) refuse('unsupported', 'content_type')
  parseJson(decode(body))
}

const isJson = (contentType: string | null): boolean =>
  /^application\/json\s*(;|$)/i.test(contentType ?? '') &&
  !/charset\s*=\s*"?(?!utf-?8)/i.test(contentType ?? '')

function decode(body: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return refuse('invalid', 'json_malformed')
  }
}
