import type { FanOut } from './fanout.ts'
import type { History } from './history.ts'
import type { Idle } from './idle.ts'
import type { PostgresSends } from './sends.postgres.ts'
import type { Sends } from './sends.ts'
import type { Sizes } from './sizes.ts'
import type { Start } from './start.ts'
import type { Bounds, Verdict } from './verdict.ts'

// What was measured, beside what is asked of it.

const atMost = (gate: number, goal: number): { asked: Bounds } => ({ asked: { gate, goal, better: 'less' } })
const atLeast = (gate: number, goal: number): { asked: Bounds } => ({ asked: { gate, goal, better: 'more' } })
const digits = (value: number): string => value.toPrecision(3)

/** The first is the one that is asked for. */
export function fanOutVerdicts(measured: readonly FanOut[]): Verdict[] {
  return measured.flatMap(({ members, inFlight, bare, nothing, peers }, i) => {
    const ours: Verdict = {
      ...{ id: 'B1', what: `CPU of a delivery by bare publish, ${members} members, ${inFlight} in flight` },
      ...{ ...bare.ratio, unit: ' ×', note: `${digits(bare.ours.value)} by ${digits(bare.theirs.value)} µs` },
    }
    if (i > 0) return [ours]
    return [
      { ...ours, ...atMost(3.5, 2) },
      { id: 'B1', what: 'bare publish by itself (null run)', ...nothing.ratio, unit: ' ×' },
      ...Object.entries(peers).map(([name, { ratio, theirs }]) => ({
        ...{
          id: 'B1',
          what: `CPU of a delivery by that of ${name.replace('.mjs', '')}, which stores nothing`,
        },
        ...{ ...ratio, unit: ' ×', note: `theirs ${digits(theirs.value)} µs`, ...atMost(1, 0.1) },
      })),
    ]
  })
}

/** The first is the one that is asked for. */
export function sendVerdicts(measured: readonly Sends[]): Verdict[] {
  return measured.flatMap(({ chats, inFlight, share, stored, sendsPerCoreSecond, audit }, i) => {
    const shape = `${chats} direct chat${chats > 1 ? 's' : ''}, ${inFlight} in flight`
    const note = `${digits(share.theirs.value)} µs a send, ${digits(share.ours.value)} µs a row`
    const lost = audit.lost + audit.doubled
    const isAsked = i === 0
    return [
      {
        ...{
          id: 'B2',
          what: `durable sends by bare inserts of their row, ${shape}`,
          ...share.ratio,
          unit: '',
        },
        ...{ note, ...(isAsked && atLeast(0.25, 0.35)) },
      },
      { id: 'B2', what: 'the same by bare writes of all that a send stores', ...stored.ratio, unit: '' },
      {
        ...{ id: 'B2', what: 'durable sends in a second of one core', value: sendsPerCoreSecond, unit: '' },
        ...(isAsked && atLeast(0, 10_000)),
      },
      {
        ...{ id: 'B2', what: `lost or doubled of ${audit.acknowledged} acknowledged, after kill -9` },
        ...{ value: lost, unit: '', ...atMost(0, 0) },
      },
    ]
  })
}

export function postgresVerdicts(across: PostgresSends, hot: PostgresSends): Verdict[] {
  const shaped = (measured: PostgresSends, asked: { asked: Bounds }): Verdict[] => {
    const { chats, inFlight, acksPerSecond, nodeCost, databaseCost, audit } = measured
    const shape = chats === 1 ? 'one hot direct chat' : `${chats} direct chats`
    const note = `${digits(nodeCost.value)} µs of the node, ${digits(databaseCost.value)} of the database a send`
    return [
      {
        ...{ id: 'PG', what: `acknowledged sends in a second, ${shape}, ${inFlight} in flight` },
        ...{ ...acksPerSecond, unit: '', note, ...asked },
      },
      {
        ...{
          id: 'PG',
          what: `lost or doubled of ${audit.acknowledged} acknowledged, after kill -9 of the node`,
        },
        ...{ value: audit.lost + audit.doubled, unit: '', ...atMost(0, 0) },
      },
    ]
  }
  return [...shaped(across, atLeast(2500, 5000)), ...shaped(hot, atLeast(800, 2000))]
}

export function idleVerdicts(measured: readonly [Idle, Idle]): Verdict[] {
  const [few, many] = measured
  const more = many.bytesPerConnection * many.connections - few.bytesPerConnection * few.connections
  const grown = more / (many.connections - few.connections)
  return [
    ...measured.map(({ connections, chats, bytesPerConnection }) => ({
      ...{ id: 'B4', what: `${connections} idle connections with ${chats} chats: memory of each` },
      ...{ value: bytesPerConnection / 1024, unit: ' KB' },
    })),
    {
      ...{ id: 'B4', what: `one more of them, from ${few.connections} to ${many.connections}` },
      ...{ value: grown / 1024, unit: ' KB', ...atMost(20, 12) },
    },
  ]
}

export function startVerdicts({ firstPageMs, firstPageCpuMs, bareMs, ...idle }: Start): Verdict[] {
  const note = `${firstPageCpuMs.toFixed(0)} ms of CPU; bare ${bareMs.value.toFixed(0)} ms`
  const bare = `bare ${digits(idle.bareIdleBytes / 1e6)} MB`
  return [
    {
      ...{ id: 'B5', what: 'exec to the first sign-in page', ...firstPageMs, unit: ' ms', note },
      ...atMost(150, 60),
    },
    {
      ...{ id: 'B5', what: 'idle memory', value: idle.idleBytes / 1e6, unit: ' MB', note: bare },
      ...atMost(80, 50),
    },
  ]
}

export function historyVerdicts(measured: readonly History[]): Verdict[] {
  return measured.flatMap(({ where, large, small, cpu }) => [
    {
      ...{ id: 'B6', what: `${where} page at a million messages, p99 of ${large.pages}`, value: large.p99 },
      ...{ unit: ' ms', note: `p50 ${digits(large.p50)} ms`, ...atMost(10, 3) },
    },
    {
      ...{ id: 'B6', what: `${where} page, p99 at a million by p99 at 100 thousand` },
      ...{ value: large.p99 / small.p99, unit: ' ×', ...atMost(3, 1.5) },
    },
    {
      ...{ id: 'B6', what: `${where} page, CPU at a million by CPU at 100 thousand`, ...cpu.ratio },
      ...{ unit: ' ×', note: `${cpu.ours.value.toFixed(0)} µs a page`, ...atMost(3, 1.5) },
    },
  ])
}

export function sizeVerdicts({ scripts, style, signInPage, parts }: Sizes): Verdict[] {
  const largest = Object.entries(parts).slice(0, 3)
  const note = largest.map(([name, size]) => `${name.replace(/-.*/, '')} ${digits(size / 1000)}`).join(', ')
  const kilo = (what: string, bytes: number): Verdict => ({
    ...{ id: 'B14', what, value: bytes / 1000, unit: ' kB' },
  })
  return [
    { ...kilo('JavaScript of a first chat, gz', scripts), note, ...atMost(60, 45) },
    { ...kilo('CSS, gz', style), ...atMost(20, 15) },
    { ...kilo('sign-in page, gz', signInPage), ...atMost(14, 8) },
  ]
}
