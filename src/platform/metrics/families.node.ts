import { whyNotReady } from '../http/health.ts'
import { counter, counters, type Family, gauge, gauges, histogram, tallied } from './family.ts'

/** Those that begin with `process_` are named as every Prometheus client names them. */
export const NODE: readonly Family[] = [
  gauges('warren_build_info', 'Always 1: what runs here.', (_, { build }) => [{ labels: build, value: 1 }]),
  gauge('warren_ready', 'Whether /readyz says yes.', (_, { checks }) => Number(whyNotReady(checks) === null)),
  gauges('warren_check_ok', 'What /readyz looks at, one by one.', (_, { checks }) =>
    Object.entries(checks).map(([check, { ok }]) => ({ labels: { check }, value: Number(ok) })),
  ),
  gauge('warren_draining', 'Whether the node is leaving.', (_, { checks }) =>
    Number(checks.draining?.ok === false),
  ),
  histogram('warren_event_loop_lag_seconds', 'How late a timer of 100 ms came.', ({ lag }) => lag),
  counters('warren_scrape_failures_total', 'What could not be looked up for a scrape.', ({ unread }) =>
    tallied('what', unread),
  ),
  gauge('warren_disk_free_bytes', 'Free under the data folder.', (_, { disk }) => disk?.free),
  gauge(
    'warren_disk_size_bytes',
    'Size of the file system under the data folder.',
    (_, { disk }) => disk?.size,
  ),
  counter('process_cpu_seconds_total', 'Time on the processors.', (_, facts) => facts.process.cpuSeconds),
  gauge('process_resident_memory_bytes', 'Memory in use.', (_, facts) => facts.process.residentBytes),
  gauge('process_open_fds', 'Open files and sockets.', (_, facts) => facts.process.openFiles),
  gauge('process_max_fds', 'Open files and sockets at most.', (_, facts) => facts.process.maxFiles),
  gauge('process_start_time_seconds', 'When it started, Unix time.', (_, facts) => facts.process.startedAt),
]
