import { connect as connectSocket, type Socket } from 'node:net'
import type postgres from 'postgres'
import type { Value } from './db.ts'
import { CannotStart } from './failure.ts'

/** One connection to the server. What is asked at once is sent at once, and carried out and answered in order. */
export interface Connection {
  /** A statement that is prepared once; a plain array of rows. */
  query(text: string, values: Value[]): Promise<unknown[]>
  /** A script without values, such as `begin`; answers with the word that the server ended it by: `COMMIT`. */
  run(script: string): Promise<string>
  /** It has ended: nothing is answered any more, and what was under way has been refused. */
  readonly gone: boolean
  /** By `performance.now()`. */
  readonly openedAt: number
  /** When its server last said something: yes or no. */
  readonly answeredAt: number
  /** Ends it now, in the middle of whatever it does, whether or not the server still listens. */
  drop(): void
  /** Ends it when what was asked is answered, politely. */
  end(): Promise<void>
}

/** Rejects within seconds when the server does not answer. `onGone` is called once, however it ends. */
export type Connect = (onGone: (connection: Connection) => void) => Promise<Connection>

export type Settings = postgres.Options<Record<string, postgres.PostgresType>>

interface Address {
  host: string[]
  port: number[]
  path: string | false
}

type Place = { path: string } | { host: string; port: number }

const CONNECT_MS = 5000

/** Throws why a server that has answered may not be ours. */
export type Prove = (connection: Connection) => Promise<void>

/**
 * Clients of the `postgres` library with one connection each, proved before anybody has it. Its own pool has a line
 * without an end, carries on with what is left of a transaction on a new connection when the old one is cut, and cannot
 * let go of a server that says nothing. So a client whose connection ended is never used again, and its socket is ours
 * to destroy.
 */
export function connector(
  connect: typeof postgres,
  { url, settings, prove }: { url: string; settings: Settings; prove: Prove },
): Connect {
  const { host, port, path } = connect(url, settings).options as unknown as Address
  const places: Place[] = path ? [{ path }] : host.map((name, i) => ({ host: name, port: port[i] ?? 5432 }))
  let next = 0
  return async (onGone) => {
    let refused: CannotStart | null = null
    // Of several hosts the next one has its turn when one does not answer.
    for (let tries = 1; ; tries++) {
      try {
        const place = places[next % places.length] as Place
        const socket = await openSocket(place)
        // Of more than one host the client would try the others by itself, and forget who asked.
        const clientWith = (own: Own) => connect(url, { ...settings, ...place, ...own })
        return await greet(socket, { onGone, prove }, clientWith)
      } catch (error) {
        next++
        // Which of them was asked last says nothing: that one would forget is worse than that one is away.
        if (error instanceof CannotStart) refused = error
        if (tries >= places.length) throw refused ?? error
      }
    }
  }
}

function openSocket(place: Place): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connectSocket(place)
  const giveUp = () => socket.destroy(failure('CONNECT_TIMEOUT'))
  const timer = setTimeout(giveUp, CONNECT_MS)
  // For good: the client listens a moment later only.
  socket.on('error', reject)
  socket.once('connect', () => {
    socket.setNoDelay(true)
    resolve(Object.assign(socket, place))
  })
  return promise.finally(() => clearTimeout(timer))
}

type Own = { max: 1; max_lifetime: null; socket: () => Socket; onclose: () => void }

/** A connection that has answered. */
async function greet(
  socket: Socket,
  { onGone, prove }: { onGone(connection: Connection): void; prove: Prove },
  clientWith: (own: Own) => postgres.Sql,
): Promise<Connection> {
  let gone = false
  let taken = false
  let answeredAt = performance.now()
  const lost = Promise.withResolvers<never>()
  const client = clientWith({
    max: 1,
    max_lifetime: null,
    socket() {
      if (taken || gone) throw failure('CONNECTION_CLOSED')
      taken = true
      return socket
    },
    onclose: () => drop(),
  })
  const drop = () => {
    if (gone) return
    gone = true
    lost.reject(failure('CONNECTION_CLOSED'))
    // Refuses what the client still holds back.
    void client.end({ timeout: 0 })
    socket.destroy()
    onGone(connection)
  }
  const ask = async <T>(send: () => PromiseLike<T>): Promise<T> => {
    if (gone) throw failure('CONNECTION_CLOSED')
    try {
      return await send()
    } finally {
      if (!gone) answeredAt = performance.now()
    }
  }
  const connection: Connection = {
    query: async (text, values) => [...(await ask(() => client.unsafe(text, values as never[], PREPARED)))],
    run: async (script) => (await ask(() => client.unsafe(script))).command,
    get gone() {
      return gone
    },
    openedAt: answeredAt,
    get answeredAt() {
      return answeredAt
    },
    drop,
    end: () => client.end({ timeout: 1 }),
  }
  socket.once('close', drop)
  const timer = setTimeout(drop, CONNECT_MS)
  try {
    await Promise.race([prove(connection), lost.promise])
    return connection
  } catch (error) {
    drop()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Without `simple: false` a statement without values would not be prepared. */
const PREPARED = { prepare: true, simple: false } as postgres.UnsafeQueryOptions

const failure = (code: string) => Object.assign(new Error(`database: ${code}`), { code })
