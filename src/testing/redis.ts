import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { notRun } from './notRun.ts'

/** False, with a line in the report, where this machine has no Redis. */
export const hasRedis: boolean = findRedis()

function findRedis(): boolean {
  if (Bun.which('redis-server') !== null) return true
  notRun('Redis contract', 'no redis-server')
  return false
}

/** A real server that may be killed, frozen and started again at the same address. It keeps nothing on disk. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  readonly pid: number
  signal(signal: NodeJS.Signals): void
  /** After its end: empty, as Redis without persistence comes back. */
  start(): Promise<void>
  /** Ends it and forgets its folder. */
  stop(): Promise<void>
}

/** `options` are those of `redis-server`: `--requirepass`, `--client-output-buffer-limit`, … */
export async function startRedis(options: readonly string[] = []): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'warren-redis-'))
  const port = await findFreePort()
  let child: Bun.Subprocess<'ignore', 'pipe', 'inherit'> | undefined
  const current = () => {
    if (child === undefined) throw new Error('Redis was not started')
    return child
  }
  process.on('exit', () => child?.kill('SIGKILL'))
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return current().pid
    },
    signal: (signal) => current().kill(signal),
    start: async () => {
      await child?.exited
      child = Bun.spawn(['redis-server', ...settings(port, folder), ...options], {
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'inherit',
      })
      await untilReady(child)
    },
    stop: async () => {
      child?.kill('SIGKILL')
      await child?.exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

const settings = (port: number, folder: string): string[] => [
  '--port',
  String(port),
  '--bind',
  '127.0.0.1',
  '--dir',
  folder,
  '--save',
  '',
  '--appendonly',
  'no',
]

async function untilReady(child: Bun.Subprocess<'ignore', 'pipe', 'inherit'>): Promise<void> {
  let said = ''
  const ready = Promise.withResolvers<void>()
  const listen = async (): Promise<void> => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      if (said.length < 10_000) said += text
      if (said.includes('Ready to accept connections')) ready.resolve()
    }
    ready.reject(new Error(`Redis did not start:\n${said}`))
  }
  listen().catch(ready.reject)
  await ready.promise
}

let shared: Promise<RedisServer> | undefined

/** The address of a server that this test run shares. Whoever hurts it starts one of its own. */
export async function redisAddress(): Promise<string> {
  shared ??= startRedis()
  return (await shared).url
}

function findFreePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const probe = createServer()
  probe.once('error', reject)
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address()
    probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
  })
  return promise
}
