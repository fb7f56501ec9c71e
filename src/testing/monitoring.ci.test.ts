import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { FAMILIES } from '../platform/metrics/families.ts'
import { aloneInAFolder, type Serving, serveAlone } from './executable.ts'
import { findFreePort } from './freePort.ts'
import { askerAt } from './node.ts'
import { DEPLOYED, hasPrometheus, type Prometheus, panelsOf, startPrometheus, untilSo } from './prometheus.ts'
import { openSocketClient } from './socket.ts'
import { ROOT } from './tree.ts'

const dashboard = JSON.parse(readFileSync(join(ROOT, 'deploy/grafana/warren.json'), 'utf8'))
const panels = panelsOf(dashboard)

/** What a single node has no figures of while nothing is wrong. Whatever else is asked for must have some. */
const QUIET = /warren_relay_up|warren_jobs_|warren_scrape_failures|status=~"5\.\."|process_start_time_seconds/

/** What Prometheus adds to a name of ours. */
const baseOf = (name: string): string => name.replace(/_(bucket|sum|count)$/, '')

test('the dashboard and the alerts ask for nothing that a node does not have', () => {
  const names = new Set(FAMILIES.map(({ name }) => name))
  const asked = (text: string) => text.match(/\b(?:warren|process)_[a-z_]+\b(?=[{\s[)=])/g) ?? []
  const exprs = panels.flatMap((panel) => panel.exprs).join('\n')
  const alerts = readFileSync(join(DEPLOYED, 'alerts.yml'), 'utf8')

  const unknown = [...asked(exprs), ...asked(alerts)].map(baseOf).filter((name) => !names.has(name))
  expect(asked(exprs).length).toBeGreaterThan(50)
  expect([...new Set(unknown)]).toEqual([])
})

test('every metric of ours is somewhere on the dashboard', () => {
  const exprs = panels.flatMap((panel) => panel.exprs).join('\n')

  expect(FAMILIES.map(({ name }) => name).filter((name) => !exprs.includes(name))).toEqual([])
})

describe.if(hasPrometheus)('before a real Prometheus', () => {
  const promtool = (...args: string[]): { code: number; said: string } => {
    const { exitCode, stdout, stderr } = Bun.spawnSync(['promtool', ...args], { cwd: DEPLOYED })
    return { code: exitCode, said: `${stdout}${stderr}` }
  }

  test('the configuration and the alerts are well-formed, and each alert fires when it should', () => {
    expect(promtool('check', 'config', 'prometheus.yml')).toMatchObject({ code: 0 })
    expect(promtool('check', 'rules', 'alerts.yml')).toMatchObject({ code: 0 })
    expect(promtool('test', 'rules', 'alerts.test.yml')).toMatchObject({ code: 0 })
  })

  let folder: string
  let node: Serving
  let prometheus: Prometheus

  beforeAll(async () => {
    folder = aloneInAFolder()
    const [port, ops] = [await findFreePort(), await findFreePort()]
    const settings = [
      '--listen',
      `127.0.0.1:${port}`,
      '--ops-listen',
      `127.0.0.1:${ops}`,
      '--limits-factor',
      '0.2',
    ]
    node = await serveAlone(folder, settings)
    prometheus = await startPrometheus([`127.0.0.1:${ops}`])
    await untilSo('the node is scraped', async () => (await prometheus.query('warren_ready == 1')).length > 0)
    const url = `http://127.0.0.1:${port}`
    const token = await register(url)
    await beBusy(url, token)
    await untilSo('the first messages are seen', async () => (await acked(prometheus)) > 0)
    // A rate is of what changed between two scrapes. More is said as soon as the limit lets it.
    const before = await acked(prometheus)
    await untilSo('more messages are seen', async () => {
      await beBusy(url, token)
      return (await acked(prometheus)) > before
    })
  })

  afterAll(async () => {
    await prometheus.stop()
    await node.stop('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  test('promtool finds nothing to mend in what a node says', async () => {
    const [series] = await prometheus.query('warren_ready')
    const text = await (await fetch(`http://${series?.metric.instance}/metrics`)).text()
    const { exitCode, stdout, stderr } = Bun.spawnSync(['promtool', 'check', 'metrics'], {
      stdin: new TextEncoder().encode(text),
    })

    expect([exitCode, `${stdout}${stderr}`]).toEqual([0, ''])
  })

  test('it knows every metric by the type that we say', async () => {
    const known = await prometheus.types()

    expect(FAMILIES.filter(({ name, type }) => known.get(name) !== type).map(({ name }) => name)).toEqual([])
  })

  test.each(panels.map((panel) => [panel.title, panel.exprs] as const))(
    'the dashboard has data: %s',
    async (_, exprs) => {
      for (const expr of exprs) {
        const series = await prometheus.query(expr)
        const figures = series.filter(({ value }) => Number.isFinite(Number(value[1])))
        if (!QUIET.test(expr)) expect([expr, figures.length]).not.toEqual([expr, 0])
      }
    },
  )

  test('every alert can be evaluated, and none of them fires', async () => {
    const rules = await prometheus.rules()

    expect(rules.length).toBeGreaterThanOrEqual(8)
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([])
    expect(await prometheus.query('ALERTS{alertstate="firing"}')).toEqual([])
  })
})

const acked = async (prometheus: Prometheus): Promise<number> =>
  Number((await prometheus.query('warren_messages_acked_total'))[0]?.value[1] ?? 0)

/** The first account of the node, made from the machine itself. */
async function register(url: string): Promise<string> {
  const draft = { email: 'ann@example.org', password: 'a long password' }
  await askerAt(url).post('/api/auth/register', { ...draft, username: 'ann' })
  return (await askerAt(url).post('/api/auth/login', draft)).body.access_token
}

/** A little of everything that is counted: messages, frames, a refusal, an ended socket, a spent limit. */
async function beBusy(url: string, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` }
  const ann = askerAt(url, headers)
  const { body } = await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [] })
  const socket = await openSocketClient(`${url.replace('http', 'ws')}/ws`, headers)
  for (let at = 0; at < 5; at++) {
    const draft = { chat_id: body.chat.id, client_id: crypto.randomUUID(), content: `${at}` }
    await socket.asks('send_message', draft).catch(() => 'refused')
  }
  await socket.asks('send_message', {}).catch(() => 'refused')
  socket.close()
  await socket.closed
}
