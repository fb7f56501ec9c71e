import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis'

/** One server, or a cluster behind one address. They take the same commands. */
export type Client = Redis | Cluster

const CONNECT_MS = 2000
const LONGEST_WAIT_MS = 500
/** What hangs says nothing when it is asked to end. */
const GOODBYE_MS = 200

/** `?cluster=1` says that the address is one of a cluster's. */
export const isCluster = (url: string): boolean => new URL(url).searchParams.get('cluster') === '1'

/** What makes connections to `url`. Nothing is queued while there is none, nothing is sent twice. */
export async function connector(url: string): Promise<(answerMs?: number) => Client> {
  // Not needed by a node alone, and slow to load.
  const { Cluster, Redis } = await import('ioredis')
  const address = new URL(url)
  address.searchParams.delete('cluster')
  return (answerMs) => {
    const settings = answerMs === undefined ? SETTINGS : { ...SETTINGS, commandTimeout: answerMs }
    if (!isCluster(url)) return new Redis(address.href, settings)
    const { retryStrategy: _, enableOfflineQueue: __, ...each } = settings
    const cluster: ClusterOptions = {
      redisOptions: { ...each, ...credentialsOf(address) },
      clusterRetryStrategy: wait,
      enableOfflineQueue: false,
      shardedSubscribers: true,
    }
    // The constructor's types forbid an option that is undefined; these allow it.
    return new Cluster([address.href], cluster as ConstructorParameters<typeof Cluster>[1])
  }
}

/** Full jitter: many nodes that lost one server do not come back at once. */
const wait = (attempt: number): number => Math.random() * Math.min(LONGEST_WAIT_MS, 20 * 2 ** attempt)

const SETTINGS = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  // Done by whoever listens, who counts what came of it.
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  connectTimeout: CONNECT_MS,
  disconnectTimeout: GOODBYE_MS,
  retryStrategy: wait,
} satisfies RedisOptions

/** The other servers of a cluster are found by their addresses alone. */
function credentialsOf({ protocol, username, password }: URL): RedisOptions {
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  }
}
