import type { TwoNodes } from './nodes.ts'
import type { Storm, Storms } from './storm.ts'
import type { Bounds, Verdict } from './verdict.ts'

// What was measured of several nodes and of crowds, beside what is asked of it.

const atMost = (gate: number, goal: number): { asked: Bounds } => ({ asked: { gate, goal, better: 'less' } })

export function twoNodesVerdicts({ added, ack, hops }: TwoNodes): Verdict[] {
  const note = `of ${added.count} at 200 a second; acknowledged at p50 ${ack.p50.toFixed(2)}, p99 ${ack.p99.toFixed(1)} ms`
  const [few, many] = [hops[0], hops.at(-1)]
  const grown = (many?.relay.value ?? Number.NaN) / (few?.relay.value ?? Number.NaN)
  return [
    {
      ...{ id: 'B9', what: 'what another node adds to a delivery, p50', value: added.p50, unit: ' ms' },
      ...{ note, ...atMost(1, 0.3) },
    },
    {
      ...{ id: 'B9', what: 'what another node adds to a delivery, p99', value: added.p99, unit: ' ms' },
      ...atMost(5, 2),
    },
    ...hops.flatMap(({ members, relay, redis, beyond }): Verdict[] => [
      {
        ...{ id: 'B9', what: `CPU of a message on a node where none of ${members} listens`, ...relay },
        ...{ unit: ' µs', note: `Redis ${redis.value.toFixed(0)} µs` },
      },
      {
        ...{ id: 'B9', what: `where ${members} listen, over what as many cost on the node spoken to` },
        ...{ ...beyond, unit: ' µs' },
      },
    ]),
    {
      ...{ id: 'B9', what: `the former, with ${many?.members} members by ${few?.members}`, value: grown },
      ...{ unit: ' ×', ...atMost(1.5, 1.2) },
    },
  ]
}

const perClient = ({ serverCpu, clients }: Storm): number => (serverCpu * 1e6) / clients

/** `policy` by `policy`; the bounds are asked of the herd. */
export function stormVerdicts(measured: readonly Storms[]): Verdict[] {
  return measured.flatMap(({ policy, bounded, lifted, bare }) => {
    const isAsked = policy === 'herd'
    const row = (what: string, storm: Storm, asked = {}): Verdict => ({
      ...{ id: 'B8', what: `${storm.clients} come back (${policy}), all synced, ${what}`, value: storm.all },
      unit: ' s',
      note: `half ${storm.half.toFixed(1)}, 99 % ${storm.most.toFixed(1)}; 99 % hear again ${storm.blackout.toFixed(1)} s; ${storm.refused} refusals, ${perClient(storm).toFixed(0)} µs each`,
      ...asked,
    })
    return [
      row('1,000 a second let in', bounded, isAsked ? atMost(60, 6) : {}),
      row('as fast as it goes', lifted),
      row('bare upgrade and subscribe', bare),
      {
        ...{ id: 'B8', what: `CPU of a client that comes back (${policy})`, value: perClient(lifted) },
        ...{ unit: ' µs', note: `bare ${perClient(bare).toFixed(0)} µs; the goal is 300` },
      },
    ]
  })
}
