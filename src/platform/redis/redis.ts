import type { Cluster, Redis as Single } from 'ioredis'
import { codeOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { type Client, connector, isCluster } from './connect.ts'
import { countFailures } from './countFailures.ts'
import { publishAtOnce, publishInTurn } from './publish.ts'
import { keepSubscribed, type Listening, type Subscription } from './subscription.ts'

/** What several nodes share that may be lost at any time. */
export interface Redis {
  /** Answers within 200 ms or rejects: nobody's ack may wait longer for what may be lost. */
  readonly commands: Client
  /** False while our own words do not come back: nothing is asked then. */
  readonly isHealthy: boolean
  /** Said by whoever listens for our own words. */
  setHealth(isHealthy: boolean): void
  /** Called at each change. */
  onHealth(changed: (isHealthy: boolean) => void): void
  /** May be lost. Never throws and never waits. */
  publish(channel: string, text: string): void
  /** Hears these channels from now on, over every loss of the connection. Called once. */
  subscribe(subscription: Subscription): void
  /**
   * Ends both connections and begins anew: one that is half open says nothing of itself. Nothing while the server
   * refuses to let us listen, which it can only do on a connection that is sound.
   */
  reconnect(): void
  close(): void
}

const ANSWER_MS = 200

/** Begins to connect, and goes on with it for as long as it takes: a node works without. */
export async function openRedis(url: string, log: Log, counts?: { errors: number }): Promise<Redis> {
  const connect = await connector(url)
  const commands = connect(ANSWER_MS)
  const listener = connect()
  const isSharded = isCluster(url)
  if (counts !== undefined) countFailures(commands, counts)
  for (const client of [commands, listener]) client.on('error', tellChanges(log))
  let listening: Listening | undefined
  const health = { isWell: false, told: [] as ((isHealthy: boolean) => void)[] }
  return {
    commands,
    get isHealthy() {
      return health.isWell
    },
    setHealth: (isWell) => {
      if (isWell === health.isWell) return
      health.isWell = isWell
      if (isWell) log.info('redis: our words come back')
      else log.warn('redis: our words do not come back; news of other nodes comes by the sweep')
      for (const tell of health.told) tell(isWell)
    },
    onHealth: (changed) => void health.told.push(changed),
    publish: isSharded ? publishInTurn(commands as Cluster) : publishAtOnce(commands as Single),
    subscribe: (subscription) => {
      listening = keepSubscribed(listener, { ...subscription, isSharded, log })
    },
    reconnect: () => {
      if (listening?.isRefused) return
      for (const client of [commands, listener]) client.disconnect(true)
    },
    close: () => {
      for (const client of [commands, listener]) client.disconnect()
    },
  }
}

/** The same trouble twenty times a second is one line. */
function tellChanges(log: Log): (error: Error) => void {
  let told = ''
  return (error) => {
    const reason = codeOf(error) || error.name
    if (reason !== told) log.warn({ reason }, 'redis: no connection')
    told = reason
  }
}
