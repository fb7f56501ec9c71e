import type { Facts } from './facts.ts'
import type { Metrics } from './metrics.ts'
import type { Spread, Tallies } from './spread.ts'

/** One name on `/metrics`, and where its values come from. */
export interface Family {
  name: string
  /** In a sentence, for whoever meets the name first. */
  help: string
  type: 'counter' | 'gauge' | 'histogram'
  samples(metrics: Metrics, facts: Facts): Sample[]
}

export interface Sample {
  labels: Record<string, string>
  value: number
  /** Of a histogram: `_bucket`, `_sum`, `_count`. */
  suffix?: string
}

/** Null or undefined is not known, and not shown. */
type Read = (metrics: Metrics, facts: Facts) => number | null | undefined
type ReadAll = (metrics: Metrics, facts: Facts) => Sample[]

const single =
  (read: Read): ReadAll =>
  (metrics, facts) => {
    const value = read(metrics, facts)
    return value === null || value === undefined ? [] : [{ labels: {}, value }]
  }

export const counter = (name: string, help: string, read: Read): Family => ({
  name,
  help,
  type: 'counter',
  samples: single(read),
})

export const gauge = (name: string, help: string, read: Read): Family => ({
  name,
  help,
  type: 'gauge',
  samples: single(read),
})

export const counters = (name: string, help: string, samples: ReadAll): Family => ({
  name,
  help,
  type: 'counter',
  samples,
})

export const gauges = (name: string, help: string, samples: ReadAll): Family => ({
  name,
  help,
  type: 'gauge',
  samples,
})

export const histogram = (name: string, help: string, read: (metrics: Metrics) => Spread): Family => ({
  name,
  help,
  type: 'histogram',
  samples: (metrics) => samplesOf(read(metrics), {}),
})

export const tallied = (label: string, tallies: Tallies): Sample[] =>
  [...tallies].map(([name, value]) => ({ labels: { [label]: name }, value }))

/** Prometheus counts up: each bucket holds those below it. */
export function samplesOf({ bounds, counts, sum }: Spread, labels: Record<string, string>): Sample[] {
  let total = 0
  const buckets = counts.map((count, at) => {
    total += count
    const le = at < bounds.length ? String(bounds[at]) : '+Inf'
    return { labels: { ...labels, le }, value: total, suffix: '_bucket' }
  })
  return [...buckets, { labels, value: sum, suffix: '_sum' }, { labels, value: total, suffix: '_count' }]
}
