import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from './freePort.ts'
import { leashed } from './leash.ts'
import { notRun } from './notRun.ts'
import { ROOT } from './tree.ts'

export const DEPLOYED = join(ROOT, 'deploy/prometheus')

/** False, with a line in the report, where this machine has no Prometheus. */
export const hasPrometheus: boolean = findPrometheus()

function findPrometheus(): boolean {
  if (Bun.which('prometheus') !== null && Bun.which('promtool') !== null) return true
  notRun('metrics before a real Prometheus', 'no prometheus')
  return false
}

/** One series of an answer: its labels, and its last value as text. */
export interface Series {
  metric: Record<string, string>
  value: [number, string]
}

export interface Prometheus {
  /** What an expression gives now. Throws what the server says is wrong with it. */
  query(expr: string): Promise<Series[]>
  /** The rules that it evaluates, with the error of each. */
  rules(): Promise<{ name: string; health: string; lastError?: string }[]>
  /** Of every metric that it has seen. */
  types(): Promise<Map<string, string>>
  stop(): Promise<void>
}

/** A real server with our own configuration, which asks these nodes, but every second. */
export async function startPrometheus(nodes: readonly string[]): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'warren-prometheus-'))
  cpSync(DEPLOYED, folder, { recursive: true })
  const settings = join(folder, 'prometheus.yml')
  writeFileSync(settings, readFileSync(settings, 'utf8').replaceAll(/(_interval:) 15s/g, '$1 1s'))
  writeFileSync(join(folder, 'nodes.yml'), JSON.stringify([{ targets: nodes }]))
  const address = `127.0.0.1:${await findFreePort()}`
  const child = Bun.spawn(
    leashed([
      'prometheus',
      `--config.file=${settings}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ]),
    { stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' },
  )
  await untilReady(child)
  return {
    query: async (expr) => (await ask(address, `query?query=${encodeURIComponent(expr)}`)).result,
    rules: async () =>
      (await ask(address, 'rules')).groups.flatMap((group: { rules: unknown[] }) => group.rules),
    types: async () => {
      const seen: Record<string, { type: string }[]> = await ask(address, 'metadata')
      return new Map(Object.entries(seen).map(([name, [first]]) => [name, first?.type ?? '']))
    },
    stop: async () => {
      child.kill('SIGKILL')
      await child.exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: whoever asks knows the shape
async function ask(address: string, what: string): Promise<any> {
  const { status, data, error } = await (await fetch(`http://${address}/api/v1/${what}`)).json()
  if (status !== 'success') throw new Error(`${decodeURIComponent(what)}: ${error}`)
  return data
}

async function untilReady(child: Bun.Subprocess<'ignore', 'ignore', 'pipe'>): Promise<void> {
  let said = ''
  const ready = Promise.withResolvers<void>()
  const listen = async (): Promise<void> => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      if (said.length < 100_000) said += text
      if (said.includes('Server is ready to receive web requests')) ready.resolve()
    }
    ready.reject(new Error(`Prometheus did not start:\n${said}`))
  }
  listen().catch(ready.reject)
  await ready.promise
}

/** Asks once a second until it is so; throws after a minute. */
export async function untilSo(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    if (await isSo()) return
    await Bun.sleep(1000)
  }
  throw new Error(`not so within a minute: ${what}`)
}

export interface Panel {
  title: string
  exprs: string[]
}

/** Every panel of the dashboard and what it asks, with Grafana's variables filled in as it fills them. */
export function panelsOf(dashboard: unknown): Panel[] {
  const { panels, annotations } = dashboard as {
    panels: { title: string; targets?: { expr: string }[] }[]
    annotations: { list: { name: string; expr: string }[] }
  }
  const drawn = panels.map(({ title, targets = [] }) => ({
    title,
    exprs: targets.map(({ expr }) => fill(expr)),
  }))
  const marked = annotations.list.map(({ name, expr }) => ({ title: name, exprs: [fill(expr)] }))
  return [...drawn, ...marked].filter(({ exprs }) => exprs.length > 0)
}

const fill = (expr: string): string =>
  expr.replaceAll('$job', 'warren').replaceAll('$instance', '.*').replaceAll('$__rate_interval', '30s')
