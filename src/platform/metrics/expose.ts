import { type Metric, Registry } from 'prom-client'
import { FAMILIES } from './families.ts'
import type { Family } from './family.ts'
import type { Looked } from './looked.ts'
import type { Metrics } from './metrics.ts'

/** Everything as Prometheus reads it. Loaded when somebody first asks: it takes 50 ms, more than a start does. */
export async function expose(metrics: Metrics, looked: Looked): Promise<string> {
  // Made for each scrape: it holds nothing, and two scrapes at once do not meet.
  const registry = new Registry()
  for (const family of FAMILIES) registry.registerMetric(asMetric(family, metrics, looked))
  return registry.metrics()
}

/** The library's own metrics count for themselves; of a metric the registry asks no more than this. */
function asMetric({ name, help, type, samples }: Family, metrics: Metrics, looked: Looked): Metric {
  const values = samples(metrics, looked).map(({ labels, value, suffix = '' }) => ({
    labels,
    value,
    metricName: name + suffix,
  }))
  const metric = { name, get: async () => ({ name, help, type, values, aggregator: 'sum' }) }
  return metric as unknown as Metric
}
