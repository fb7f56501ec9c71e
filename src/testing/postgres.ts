import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from './freePort.ts'
import { leashed } from './leash.ts'
import { notRun } from './notRun.ts'

const BIN = '/usr/lib/postgresql/15/bin'

/** False, with a line in the report, where this machine has no PostgreSQL 15: the one thing that may not run. */
export const hasPostgres: boolean = findPostgres()

function findPostgres(): boolean {
  if (existsSync(join(BIN, 'postgres')) && existsSync(join(BIN, 'initdb'))) return true
  notRun('PostgreSQL contract', `no PostgreSQL 15 in ${BIN}`)
  return false
}

/** A real server that may be crashed, frozen and started again at the same address, with what it had committed. */
export interface PostgresServer {
  /** Without a database's name. */
  readonly address: string
  readonly port: number
  /** Of the postmaster. */
  readonly pid: number
  /** As if the power went: no checkpoint, every connection lost (`pg_ctl -m immediate`). */
  crash(): Promise<void>
  /** After its end. Settles when it takes connections. */
  start(): Promise<void>
  /** SIGSTOP or SIGCONT to the postmaster and all that it has begun. */
  signalAll(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Ends it, and forgets the folder if it was ours. */
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Kept afterwards; else a temporary one. */
  folder?: string
  port?: number
  /** As in postgresql.conf: `max_connections=20`. */
  settings?: readonly string[]
}

/** The server's own settings are the ones we insist on; only the first files are not flushed. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'warren-pg-'))
  const port = options.port ?? (await findFreePort())
  const settings = ['shared_buffers=32MB', ...(options.settings ?? [])]
  const args = ['-D', join(folder, 'data'), '-h', '127.0.0.1', '-p', String(port), '-k', '']
  const command = [join(BIN, 'postgres'), ...args, ...settings.flatMap((each) => ['-c', each])]
  await makeFiles(folder)
  const forget = options.folder === undefined ? removeAtEnd(folder) : () => {}
  const spawn = () =>
    // A Ctrl+C in the terminal reaches us; the server follows in its own time.
    Bun.spawn(leashed(command, { signal: 'QUIT', user: roleUser }), {
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'pipe',
      detached: true,
    })
  let child = spawn()
  child.unref()
  process.on('exit', () => child.kill('SIGQUIT'))
  await untilReady(child)
  return {
    address: `postgres://warren@127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid
    },
    crash: async () => {
      child.kill('SIGQUIT')
      await child.exited
    },
    start: async () => {
      await child.exited
      child = spawn()
      await untilReady(child)
    },
    signalAll: (signal) => {
      const begun =
        signal === 'SIGSTOP' ? [child.pid, ...childrenOf(child.pid)] : [...childrenOf(child.pid), child.pid]
      for (const pid of begun) sendTo(pid, signal)
    },
    stop: async () => {
      child.kill('SIGINT')
      await child.exited
      forget()
    },
  }
}

/** Removes the folder when it is told to, or when this process has ended, however it ends: then its input is closed. */
function removeAtEnd(folder: string): () => void {
  const script = `cat >/dev/null; for try in 1 2 3 4 5 6 7 8 9; do rm -rf "$1" 2>/dev/null && exit; sleep 0.3; done`
  const child = Bun.spawn(['sh', '-c', script, 'sh', folder], {
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
    detached: true,
  })
  child.unref()
  return () => void child.stdin.end()
}

/** `postgres` refuses to run as root. */
const roleUser = process.getuid?.() === 0 ? 'postgres' : undefined

async function makeFiles(folder: string): Promise<void> {
  if (existsSync(join(folder, 'data/PG_VERSION'))) return
  mkdirSync(folder, { recursive: true })
  if (roleUser === undefined) chmodSync(folder, 0o700)
  else chownSync(folder, idOf('-u'), idOf('-g'))
  const how = ['-U', 'warren', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']
  const making = Bun.spawn(
    leashed([join(BIN, 'initdb'), '-D', join(folder, 'data'), ...how], { user: roleUser }),
    {
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'pipe',
    },
  )
  const [code, said] = await Promise.all([making.exited, Bun.readableStreamToText(making.stderr)])
  if (code !== 0) throw new Error(`PostgreSQL could not make its files in ${folder}:\n${said}`)
}

const idOf = (which: '-u' | '-g'): number =>
  Number(Bun.spawnSync(['id', which, roleUser ?? '']).stdout.toString())

async function untilReady(child: Bun.Subprocess<'ignore', 'ignore', 'pipe'>): Promise<void> {
  let said = ''
  const ready = Promise.withResolvers<void>()
  const listen = async (): Promise<void> => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      if (said.length < 10_000) said += text
      if (said.includes('database system is ready to accept connections')) ready.resolve()
    }
    ready.reject(new Error(`PostgreSQL did not start:\n${said}`))
  }
  listen().catch(ready.reject)
  await ready.promise
}

/** Of the postmaster: each is a backend or one of its own workers. */
export const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

/** One that has ended meanwhile is no matter. */
function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ESRCH') throw error
  }
}

let shared: Promise<PostgresServer> | undefined

/** The address of a server that this process shares, without a database's name. Whoever hurts one starts their own. */
export async function postgresAddress(): Promise<string> {
  shared ??= startPostgres()
  return (await shared).address
}
