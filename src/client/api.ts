import { Refused } from './socket.ts'

/** Same-origin JSON over HTTP. A refusal is thrown as the socket throws it. */
export async function callApi<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  })
  if (answer.status === 204) return undefined as T
  const data = await answer.json()
  if (!answer.ok) throw new Refused({ ...data, retry_after_ms: retryAfterOf(answer) })
  return data
}

/** HTTP says it in whole seconds. */
function retryAfterOf({ headers }: Response): number | undefined {
  const seconds = headers.get('retry-after')
  return seconds === null ? undefined : Number(seconds) * 1000
}

export const getJson = <T>(path: string): Promise<T> => callApi<T>('GET', path)

/** Who may not ask, or asks for what is not there, need not ask again. */
export const isRefusedForGood = (error: unknown): boolean =>
  error instanceof Refused && (error.code === 'not_found' || error.code === 'forbidden')

/** When the node wants to be asked again, in ms; 0 when it did not say. */
export const pauseAfter = (error: unknown): number =>
  error instanceof Refused ? (error.retryAfterMs ?? 0) : 0
