import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from './freePort.ts'
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
  const command = ['redis-server', ...settings(port, folder), ...options]
  let child = spawnGuarded(command)
  await untilReady(port, child)
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid
    },
    signal: (signal) => child.kill(signal),
    start: async () => {
      await child.exited
      child = spawnGuarded(command)
      await untilReady(port, child)
    },
    stop: async () => {
      child.kill('SIGKILL')
      await child.exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Ends with this process, however that ends: then the guard's input is closed. */
function spawnGuarded(command: string[]): Bun.Subprocess {
  const silent = { stdout: 'ignore', stderr: 'ignore', detached: true } as const
  const child = Bun.spawn(command, { ...silent, stdin: 'ignore' })
  const guard = Bun.spawn(
    ['sh', '-c', 'cat >/dev/null; kill -KILL "$1" 2>/dev/null', 'sh', String(child.pid)],
    {
      ...silent,
      stdin: 'pipe',
    },
  )
  void child.exited.then(() => guard.kill('SIGKILL'))
  child.unref()
  guard.unref()
  return child
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

async function untilReady(port: number, child: Bun.Subprocess): Promise<void> {
  for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
    if (await answers(port)) return
    await Bun.sleep(10)
  }
  throw new Error(`Redis did not start (${child.exitCode ?? 'no answer'})`)
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })

let shared: Promise<RedisServer> | undefined

/** The address of a server that this test run shares. Whoever hurts it starts one of its own. */
export async function redisAddress(): Promise<string> {
  shared ??= startRedis()
  return (await shared).url
}
