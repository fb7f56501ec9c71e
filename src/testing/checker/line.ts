import type { FrameForm } from './wireForms.ts'

/** One connection to `/ws`. */
export interface Line {
  /** The ack's data. Throws `Refused`, or `Lost` when no answer came: then the outcome is unknown. */
  // biome-ignore lint/suspicious/noExplicitAny: each type has its own answer
  ask(type: string, fields?: object): Promise<any>
  closed: Promise<number>
  close(): void
}

export class Refused extends Error {
  readonly code: string
  readonly retryAfterMs: number

  constructor(code: string, reason: string, retryAfterMs = 0) {
    super(`${code} ${reason}`)
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

/** No answer: it may have been done or not. */
export class Lost extends Error {}

/** It never left. */
export class Unsent extends Lost {}

const NO_ANSWER_MS = 10_000

/** Bun's own has an end that waits for nobody. */
type BunSocket = WebSocket & { terminate(): void }

type Waiting = Map<string, { resolve(data: unknown): void; reject(error: Error): void }>

/** Opens a socket; every frame that is no answer goes to `hear`. Rejects with `Lost` when there is none. */
export async function openLine(url: string, token: string, hear: (frame: FrameForm) => void): Promise<Line> {
  const headers = { authorization: `Bearer ${token}` }
  const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers } as unknown as string[]) as BunSocket
  const waiting: Waiting = new Map()
  const closed = new Promise<number>((resolve) => {
    ws.addEventListener('close', ({ code }) => {
      for (const { reject } of waiting.values()) reject(new Lost(`closed ${code}`))
      waiting.clear()
      resolve(code)
    })
  })
  ws.addEventListener('error', () => {}) // a close follows
  ws.addEventListener('message', ({ data }) => take(waiting, JSON.parse(String(data)), hear))
  const opened = new Promise<void>((resolve) => ws.addEventListener('open', () => resolve()))
  await Promise.race([opened, closed.then((code) => Promise.reject(new Lost(`not opened ${code}`)))])
  return { ask: asker(ws, waiting), closed, close: () => ws.close() }
}

function take(waiting: Waiting, frame: FrameForm, hear: (frame: FrameForm) => void): void {
  const asked = frame.ref === undefined ? undefined : waiting.get(frame.ref)
  if (asked === undefined) return hear(frame)
  waiting.delete(frame.ref ?? '')
  const { error } = frame
  if (error === undefined) asked.resolve(frame.data)
  else asked.reject(new Refused(error.code, error.reason, error.retry_after_ms))
}

function asker(ws: BunSocket, waiting: Waiting): Line['ask'] {
  let refs = 0
  return (type, fields = {}) => {
    if (ws.readyState !== WebSocket.OPEN) return Promise.reject(new Unsent('closed'))
    const ref = `r${++refs}`
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const timer = setTimeout(() => {
      reject(new Lost('no answer'))
      // As a real client does: who does not answer is given up, and another connection is made.
      ws.terminate()
    }, NO_ANSWER_MS)
    waiting.set(ref, { resolve, reject })
    ws.send(JSON.stringify({ type, ref, ...fields }))
    return promise.finally(() => {
      clearTimeout(timer)
      waiting.delete(ref)
    })
  }
}

/** Asks by REST. Throws `Refused` or `Lost`. */
export async function askRest(
  at: { url: string; token?: string },
  method: string,
  path: string,
  body?: object,
  // biome-ignore lint/suspicious/noExplicitAny: each route has its own answer
): Promise<any> {
  const response = await fetch(at.url + path, {
    method,
    headers: {
      ...(at.token === undefined ? {} : { authorization: `Bearer ${at.token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(NO_ANSWER_MS),
  }).catch((error: unknown) => Promise.reject(new Lost(String(error))))
  const text = await response.text().catch((error: unknown) => Promise.reject(new Lost(String(error))))
  if (response.status >= 502 && !isProblem(response)) throw new Lost(`${response.status}`)
  const answer = text === '' ? {} : JSON.parse(text)
  if (response.ok) return answer
  // What stands in front found no node, or its answer broke off: what became of the asking is unknown.
  if (answer.reason === 'unreachable') throw new Lost('unreachable')
  const seconds = Number(response.headers.get('retry-after') ?? 0)
  throw new Refused(answer.code, answer.reason, seconds * 1000)
}

const isProblem = ({ headers }: Response): boolean => headers.get('content-type')?.includes('json') === true
