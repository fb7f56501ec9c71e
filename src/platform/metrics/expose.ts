import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Facts } from './facts.ts'
import { FAMILIES } from './families.ts'
import type { Family, Sample } from './family.ts'
import type { Metrics } from './metrics.ts'

/** Everything as Prometheus reads it. Loaded when somebody first asks: it takes 50 ms, more than a start does. */
export async function expose(metrics: Metrics, facts: Facts): Promise<string> {
  // Made for each scrape: it holds nothing, and two scrapes at once do not meet.
  const registry = new Registry()
  for (const family of FAMILIES) register(registry, family, family.samples(metrics, facts))
  return registry.metrics()
}

/** A metric without labels begins at 0, and what is not known is not 0. */
const NOT_KNOWN = ['not_known']

function register(registry: Registry, { name, help, type }: Family, samples: readonly Sample[]): void {
  const [first] = samples
  const labelNames = first === undefined ? NOT_KNOWN : Object.keys(first.labels)
  const settings = { name, help, labelNames, registers: [registry] }
  switch (type) {
    case 'counter': {
      const counter = new Counter(settings)
      for (const { labels, value } of samples) counter.inc(labels, value)
      return
    }
    case 'gauge': {
      const gauge = new Gauge(settings)
      for (const { labels, value } of samples) gauge.set(labels, value)
      return
    }
    case 'histogram':
      Object.assign(new Histogram({ ...settings, labelNames: [] }), readBy({ name, help, samples }))
  }
}

/**
 * The library's histogram can only count by itself, value by value, and would have to be loaded at the start. Ours have
 * counted already: only how its values are read is replaced.
 */
function readBy({ name, help, samples }: { name: string; help: string; samples: readonly Sample[] }) {
  const values = samples.map(({ labels, value, suffix = '' }) => ({
    labels,
    value,
    metricName: name + suffix,
  }))
  return { getForPromString: async () => ({ name, help, type: 'histogram', values, aggregator: 'sum' }) }
}
