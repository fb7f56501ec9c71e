import { afterEach, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FAMILIES } from './platform/metrics/families.ts'
import type { TestPerson } from './testing/node.ts'
import { ROOT } from './testing/tree.ts'
import { figureOf, OPS, scrape, watchedNodes } from './testing/watched.ts'

const { start, stop } = watchedNodes()
afterEach(stop)

async function openChat(ann: TestPerson, bo: TestPerson): Promise<string> {
  const { body } = await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [bo.id] })
  return body.chat.id
}

/** What dashboards and alerts are made of. A name or a type that changes here breaks theirs: say so in CHANGELOG.md. */
const PROMISED = `
process_cpu_seconds_total counter
process_max_fds gauge
process_open_fds gauge
process_resident_memory_bytes gauge
process_start_time_seconds gauge
warren_build_info gauge
warren_check_ok gauge
warren_db_commit_duration_seconds histogram
warren_db_commit_writes histogram
warren_db_lost_transactions_total counter
warren_db_pool_in_use gauge
warren_db_pool_size gauge
warren_db_pool_waiting gauge
warren_db_query_duration_seconds histogram
warren_db_transaction_duration_seconds histogram
warren_disk_free_bytes gauge
warren_disk_size_bytes gauge
warren_draining gauge
warren_event_loop_lag_seconds histogram
warren_events_held gauge
warren_fills_total counter
warren_http_request_duration_seconds histogram
warren_http_requests_running gauge
warren_http_requests_total counter
warren_jobs_dead gauge
warren_jobs_oldest_age_seconds gauge
warren_jobs_queued gauge
warren_jobs_running gauge
warren_limits_refused_total counter
warren_message_fanout_seconds histogram
warren_messages_acked_total counter
warren_publishes_total counter
warren_ready gauge
warren_redis_command_errors_total counter
warren_relay_packets_total counter
warren_relay_up gauge
warren_scrape_failures_total counter
warren_sweep_duration_seconds histogram
warren_sweep_failures_total counter
warren_users_active gauge
warren_ws_closes_total counter
warren_ws_connections gauge
warren_ws_frame_refusals_total counter
warren_ws_frames_total counter
warren_ws_users gauge
`

test('the names and types of all metrics are a promise', async () => {
  const text = await scrape(await start())

  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)
  expect(types.toSorted()).toEqual(PROMISED.trim().split('\n'))
  expect([...text.matchAll(/^# HELP \S+ .+\.$/gm)]).toHaveLength(types.length)
})

test('the page for operators lists every metric, and none that is not there', () => {
  const page = readFileSync(join(ROOT, 'docs/operate/monitoring.md'), 'utf8')

  const listed = [...page.matchAll(/^\| `((?:warren|process)_\w+)/gm)].map(([, name]) => name)
  expect(listed.toSorted()).toEqual(FAMILIES.map(({ name }) => name).toSorted())
})

test('what people do is counted', async () => {
  const node = await start()
  const [ann, bo] = [await node.person('ann'), await node.person('bo')]
  const chatId = await openChat(ann, bo)
  const socket = await ann.connect()

  await socket.asks('send_message', { chat_id: chatId, client_id: crypto.randomUUID(), content: 'tea?' })
  await bo.post(`/api/chats/${chatId}/messages`, { client_id: crypto.randomUUID(), content: 'yes' })
  await socket.asks('send_message', { chat_id: 'none' }).catch(() => {})
  await socket.next('new_message')

  const text = await scrape(node)
  const value = (series: string) => figureOf(text, series)
  expect(value('warren_messages_acked_total')).toBe(2)
  expect(value('warren_message_fanout_seconds_count')).toBe(2)
  expect(value('warren_publishes_total')).toBeGreaterThanOrEqual(2)
  expect(value('warren_ws_frames_total{type="send_message"}')).toBe(2)
  expect(value('warren_ws_frame_refusals_total{code="invalid"}')).toBe(1)
  expect([value('warren_ws_connections'), value('warren_ws_users')]).toEqual([1, 1])
  expect(value('warren_users_active{window="1d"}')).toBe(2)
  expect(value('warren_users_active{window="30d"}')).toBe(2)
  expect(
    value('warren_http_requests_total{method="POST",route="/api/chats/:id/messages",status="201"}'),
  ).toBe(1)
  expect(value('warren_http_requests_total{method="GET",route="/ws",status="101"}')).toBe(1)
  expect(value('warren_db_commit_writes_sum')).toBeGreaterThanOrEqual(4)
  expect(value('warren_build_info{version="dev",commit="dev",bun="1.4.4",database="sqlite"}')).toBe(1)
})

test('an ended socket is counted by its code, and by "other" for what its client made up', async () => {
  const node = await start()
  const ann = await node.person('ann')
  const [cut, odd] = [
    await ann.connect(),
    new WebSocket(`${node.url.replace('http', 'ws')}/ws?token=${ann.token}`),
  ]
  await new Promise((resolve) => odd.addEventListener('open', resolve))

  cut.send(new Uint8Array([1]))
  odd.close(3777, 'because')
  await Promise.all([cut.closed, new Promise((resolve) => odd.addEventListener('close', resolve))])

  const text = await scrape(node)
  expect(figureOf(text, 'warren_ws_closes_total{code="4409"}')).toBe(1)
  expect(figureOf(text, 'warren_ws_closes_total{code="other"}')).toBe(1)
})

test('a limit that refuses is counted by its name', async () => {
  const node = await start({ ...OPS, WARREN_LIMITS_FACTOR: '1' })
  const ann = await node.person('ann')
  for (let at = 0; at < 25; at++)
    await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [] }).catch(() => {})
  const socket = await ann.connect()
  for (let at = 0; at < 25; at++)
    await socket
      .asks('send_message', { chat_id: crypto.randomUUID(), client_id: crypto.randomUUID(), content: 'x' })
      .catch(() => {})

  expect(figureOf(await scrape(node), 'warren_limits_refused_total{name="send"}')).toBe(5)
})

/** Bun's server takes these as they are, and others not at all. */
const ODD = ['PROPFIND', 'MKCOL', 'LOCK', 'REPORT', 'SEARCH', 'COPY', 'MOVE', 'TRACE', 'PURGE']

test('whoever asks cannot make up series: paths, methods and types of theirs count as one', async () => {
  const node = await start()
  const ann = await node.person('ann')
  const socket = await ann.connect()
  const seriesOf = (text: string) =>
    text.split('\n').filter((line) => /^warren_(http|ws)_\w+_total/.test(line))
  const odd = async (round: number): Promise<void> => {
    for (const path of ['', '/api', '/api/chats', '/assets', '/ws'])
      await node.stranger.get(`${path}/${round}/${crypto.randomUUID()}`)
    await fetch(`${node.url}/api/users/me`, { method: ODD[round % ODD.length] ?? '' })
    await socket.asks(`odd_${round}`).catch(() => {})
  }

  await odd(0)
  const before = seriesOf(await scrape(node))
  for (let round = 1; round < 10; round++) await odd(round)
  const after = seriesOf(await scrape(node))

  const names = (lines: string[]) => lines.map((line) => line.slice(0, line.lastIndexOf(' ')))
  expect(names(after)).toEqual(names(before))
  expect(after.join('\n')).toContain('route="unmatched"')
  expect(after.join('\n')).not.toMatch(/odd_|PROPFIND|MKCOL|LOCK/)
  expect(after.find((line) => line.startsWith('warren_ws_frames_total{type="unknown"}'))).toEndWith(' 10')
})

test('two nodes in one process count each for itself', async () => {
  const [one, other] = [await start(), await start()]

  await one.stranger.get('/api/chats')

  const series = 'warren_http_requests_total{method="GET",route="/api/chats",status="401"}'
  expect(figureOf(await scrape(one), series)).toBe(1)
  expect(figureOf(await scrape(other), series)).toBeUndefined()
})
