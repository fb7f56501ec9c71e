import type { Cluster } from '../../cluster/cluster.ts'

/** What nodes count, as Prometheus sees it, for rows that are judged by it. */

export const METRICS_TOKEN = 'only-for-these-rows-0123456789abcdef'

/** All nodes' answers to `/metrics`. They must have been started with the token. */
export const scrape = ({ nodes }: Cluster): Promise<string[]> =>
  Promise.all(
    nodes.map(async ({ victim }) => {
      const headers = { authorization: `Bearer ${METRICS_TOKEN}` }
      const answer = await fetch(`${victim.place.url}/metrics`, { headers })
      return answer.text()
    }),
  )

/** A histogram over all nodes: how many values were at most so many seconds. */
export type Spread = Map<number, number>

export async function countsOf(cluster: Cluster, name: string): Promise<Spread> {
  const spread: Spread = new Map()
  const line = new RegExp(`^${name}_bucket\\{(?:.*,)?le="([^"]+)".*\\} (\\d+)$`, 'gm')
  for (const text of await scrape(cluster)) {
    for (const [, le = '', count] of text.matchAll(line)) {
      const seconds = le === '+Inf' ? Infinity : Number(le)
      spread.set(seconds, (spread.get(seconds) ?? 0) + Number(count))
    }
  }
  return spread
}

/** Of what was counted between the two: which share took longer, by a bound that the histogram has. */
export function slowerThan(seconds: number, before: Spread, after: Spread): { share: number; total: number } {
  const within = (bound: number): number => (after.get(bound) ?? 0) - (before.get(bound) ?? 0)
  const total = within(Infinity)
  return { share: total === 0 ? 0 : 1 - within(seconds) / total, total }
}
