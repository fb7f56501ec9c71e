import { chmodSync, existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { notRun } from './notRun.ts'

const BIN = '/usr/lib/postgresql/15/bin'

/** False, with a line in the report, where this machine has no PostgreSQL 15: the one thing that may not run. */
export const hasPostgres: boolean = findPostgres()

function findPostgres(): boolean {
  if (existsSync(join(BIN, 'postgres')) && existsSync(join(BIN, 'initdb'))) return true
  notRun('PostgreSQL contract', `no PostgreSQL 15 in ${BIN}`)
  return false
}

let server: Promise<string> | undefined

/** The address of a real server, without a database's name. One per process, and it ends with it. */
export function postgresAddress(): Promise<string> {
  server ??= startPostgres()
  return server
}

/**
 * Stays beside the server and ends it when the test process does, however that ends: then its standard input is
 * closed. The server's own settings are the ones we insist on; only the first files are not flushed.
 */
const SCRIPT = `
  as=; if [ "$(id -u)" = 0 ]; then as="setpriv --reuid=postgres --regid=postgres --init-groups"; fi
  $as "$1/initdb" -D "$2/data" -U warren -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$2/log" 2>&1 || exit 1
  $as "$1/postgres" -D "$2/data" -h 127.0.0.1 -p "$3" -k "" -c shared_buffers=32MB >>"$2/log" 2>&1 &
  server=$!
  cat >/dev/null
  kill -INT $server
  wait $server
  rm -rf "$2"
`

async function startPostgres(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'warren-pg-'))
  chmodSync(folder, 0o777) // as root the server runs as another user
  const port = await findFreePort()
  const child = Bun.spawn(['sh', '-c', SCRIPT, 'sh', BIN, folder, String(port)], {
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
    // A Ctrl+C in the terminal reaches the test process; the server follows in its own time.
    detached: true,
  })
  child.unref()
  await untilReady(join(folder, 'log'), child)
  return `postgres://warren@127.0.0.1:${port}`
}

async function untilReady(log: string, child: Bun.Subprocess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const text = existsSync(log) ? readFileSync(log, 'utf8') : ''
    if (text.includes('database system is ready to accept connections')) return
    if (child.exitCode !== null) throw new Error(`PostgreSQL did not start:\n${text}`)
    await Bun.sleep(50)
  }
  throw new Error('PostgreSQL did not start within 30 s')
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
