import { DATABASE } from './families.database.ts'
import { NODE } from './families.node.ts'
import { counter, counters, type Family, gauge, gauges, histogram, samplesOf, tallied } from './family.ts'

const HTTP: Family[] = [
  {
    name: 'warren_http_request_duration_seconds',
    help: 'Time until a request is answered, by method and route.',
    type: 'histogram',
    samples: ({ http }) =>
      [...http.values()].flatMap(({ method, route, seconds }) => samplesOf(seconds, { method, route })),
  },
  counters('warren_http_requests_total', 'Answered requests, by method, route and status.', ({ http }) =>
    [...http.values()].flatMap(({ method, route, statuses }) =>
      tallied('status', statuses).map(({ labels, value }) => ({
        labels: { method, route, ...labels },
        value,
      })),
    ),
  ),
  gauge('warren_http_requests_running', 'Requests being answered.', ({ running }) => running),
  counters('warren_limits_refused_total', 'What a limit refused, by its name.', ({ limits }) =>
    tallied('name', limits),
  ),
  gauges('warren_users_active', 'People who used a session within a window, in the whole team.', (_, facts) =>
    (facts.active ?? []).map(({ window, users }) => ({ labels: { window }, value: users })),
  ),
]

const SOCKETS: Family[] = [
  gauge('warren_ws_connections', 'Open sockets.', (_, { sockets }) => sockets),
  gauge('warren_ws_users', 'People with open sockets here.', (_, { users }) => users),
  counters('warren_ws_frames_total', 'Frames from clients, by type.', ({ frames }) =>
    tallied('type', frames),
  ),
  counters('warren_ws_frame_refusals_total', 'Refused frames, by code.', ({ frameRefusals }) =>
    tallied('code', frameRefusals),
  ),
  counters('warren_ws_closes_total', 'Ended sockets, by close code.', ({ closes }) =>
    tallied('code', closes),
  ),
]

const DELIVERY: Family[] = [
  counter('warren_messages_acked_total', 'Messages stored and answered.', ({ acked }) => acked),
  counter('warren_publishes_total', 'Frames handed to topics.', ({ published }) => published),
  histogram(
    'warren_message_fanout_seconds',
    'From a commit to the last publish of what it stored.',
    ({ fanout }) => fanout,
  ),
  gauge('warren_events_held', 'Events that wait for one before them.', (_, { held }) => held),
  counters(
    'warren_fills_total',
    'Repairs: what nobody had told and was read from the database, by how that ended.',
    ({ fills }) => Object.entries(fills).map(([result, value]) => ({ labels: { result }, value })),
  ),
  histogram('warren_sweep_duration_seconds', 'Good looks at what changed.', ({ sweep }) => sweep.duration),
  counter('warren_sweep_failures_total', 'Looks at what changed that failed.', ({ sweep }) => sweep.failed),
  gauge('warren_relay_up', 'Whether other nodes are heard through Redis; missing without it.', ({ relay }) =>
    relay.isUp === null ? null : Number(relay.isUp),
  ),
  counters('warren_relay_packets_total', 'Packets to and from other nodes.', ({ relay }) => [
    { labels: { direction: 'out' }, value: relay.sent },
    { labels: { direction: 'in' }, value: relay.received },
  ]),
  counter(
    'warren_redis_command_errors_total',
    'Commands to Redis that failed or took too long.',
    ({ relay }) => relay.errors,
  ),
]

/** Everything on `/metrics`. Names and labels are a promise to whoever watches: docs/operate/monitoring.md lists them. */
export const FAMILIES: readonly Family[] = [...HTTP, ...SOCKETS, ...DELIVERY, ...DATABASE, ...NODE]
