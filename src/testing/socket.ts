/** A client of `/ws` as a test needs it: asks and waits for frames, never for time. */

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
export type Frame = { type: string; ref?: string | number; data?: any; error?: any }

export interface TestSocket {
  /** All frames so far, in order. */
  readonly frames: Frame[]
  readonly closed: Promise<number>
  /** The first frame from `from` on (default: not taken before) that fits; waits for it. */
  next(type: string, fits?: (frame: Frame) => boolean): Promise<Frame>
  /** Sends `{type, ref, …}` and waits for its ack's `data`; throws the `error` object. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  asks(type: string, fields?: object): Promise<any>
  send(frame: object | string | Uint8Array<ArrayBuffer>): void
  /** True when nothing of this type has come by the time a ping is answered. */
  receivesNothing(type: string, fits?: (frame: Frame) => boolean): Promise<boolean>
  ping(): Promise<number>
  close(): void
}

const PATIENCE_MS = 10_000

/** Throws when a frame should not look so. `asked` is the type that an ack answers, if `asks` sent it. */
export type Witness = (frame: Frame, asked?: string) => void

/**
 * Opens a socket and waits for `hello`. Rejects with the HTTP status text when it is refused. After a frame that the
 * witness refuses, whatever is waited for fails.
 */
export async function openSocketClient(
  url: string,
  headers: Record<string, string> = {},
  witness: Witness = () => {},
): Promise<TestSocket> {
  const ws = new WebSocket(url, { headers } as unknown as string[])
  const client = follow(ws, witness)
  await Promise.race([
    client.next('hello'),
    client.closed.then((code) => Promise.reject(new Error(`closed ${code}`))),
  ])
  return client
}

interface Waiter {
  type: string
  fits: (frame: Frame) => boolean
  take(frame: Frame): void
  fail(error: unknown): void
}

function follow(ws: WebSocket, witness: Witness): TestSocket {
  const frames: Frame[] = []
  const taken = new Set<Frame>()
  let waiters: Waiter[] = []
  const asked = new Map<unknown, string>()
  const refused: unknown[] = []
  let refs = 0
  const closed = new Promise<number>((resolve) => ws.addEventListener('close', ({ code }) => resolve(code)))
  ws.addEventListener('error', () => {})
  ws.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame
    frames.push(frame)
    try {
      witness(frame, asked.get(frame.ref))
    } catch (error) {
      refused.push(error)
      for (const { fail } of waiters) fail(error)
    }
    const waiter = waiters.find(({ type, fits }) => type === frame.type && fits(frame))
    if (waiter === undefined) return
    taken.add(frame)
    waiters = waiters.filter((other) => other !== waiter)
    waiter.take(frame)
  })
  const next = (type: string, fits: (frame: Frame) => boolean = () => true): Promise<Frame> => {
    if (refused.length > 0) return Promise.reject(refused[0])
    const known = frames.find((frame) => frame.type === type && !taken.has(frame) && fits(frame))
    if (known !== undefined) {
      taken.add(known)
      return Promise.resolve(known)
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${type} came`)), PATIENCE_MS)
      const take = (frame: Frame): void => {
        clearTimeout(timer)
        resolve(frame)
      }
      waiters.push({ type, fits, take, fail: reject })
    })
  }
  const asks = async (type: string, fields: object = {}): Promise<Frame['data']> => {
    const ref = `r${++refs}`
    asked.set(ref, type)
    ws.send(JSON.stringify({ type, ref, ...fields }))
    const isMine = (frame: Frame): boolean => frame.ref === ref
    const answer = await Promise.race([next('ack', isMine), next('error', isMine)])
    if (answer.type === 'error') throw answer.error
    return answer.data
  }
  const ping = async (): Promise<number> => (await asks('ping')).digest
  return {
    frames,
    closed,
    next,
    asks,
    ping,
    send: (frame) =>
      ws.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame)),
    receivesNothing: async (type, fits = () => true) => {
      const before = frames.length
      await ping()
      return !frames.slice(before).some((frame) => frame.type === type && fits(frame))
    },
    close: () => ws.close(),
  }
}
