import { newSpread, note, SECONDS, type Spread, type Tallies, tally } from './spread.ts'

/** Answered requests by method and route. A route is a pattern (`/api/chats/:id`), never the path that was asked for. */
export type Requests = Map<string, RouteCounts>

export interface RouteCounts {
  readonly method: string
  readonly route: string
  readonly seconds: Spread
  readonly statuses: Tallies
}

export const newRequests = (): Requests => new Map()

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

export interface Answered {
  method: string
  route: string
  status: number
  seconds: number
}

/** Methods that nobody knows count as one: whoever asks must not be able to make up series. */
export function countRequest(requests: Requests, answered: Answered): void {
  const { route, status, seconds } = answered
  const method = METHODS.has(answered.method) ? answered.method : 'other'
  const key = `${method} ${route}`
  let counts = requests.get(key)
  if (counts === undefined) {
    counts = { method, route, seconds: newSpread(SECONDS), statuses: new Map() }
    requests.set(key, counts)
  }
  note(counts.seconds, seconds)
  tally(counts.statuses, String(status))
}
