import { join } from 'node:path'
import { buildExecutable } from '../script/build.ts'
import {
  cacheFolder,
  cpuSeconds,
  forget,
  freshFolder,
  ROOT,
  residentBytes,
  start,
  WARREN,
} from './machine.ts'
import { type Estimate, estimate, median } from './statistics.ts'
import { furnish, settings } from './warren.ts'

export interface Start {
  /** From exec to the last byte of the first 200 of the sign-in page. */
  firstPageMs: Estimate
  firstPageCpuMs: number
  /** The same of an executable that does nothing else. */
  bareMs: Estimate
  /** With a page served and nobody connected. */
  idleBytes: number
  bareIdleBytes: number
}

/** B5: how soon a node that is set up shows its first page, and what it holds then. */
export async function measureStart(runs: number, settleMs: number): Promise<Start> {
  const folder = freshFolder('start')
  await furnish(folder, (into) => into.addPeople(100))
  const hello = join(cacheFolder('hello'), 'hello')
  await buildExecutable(join(ROOT, 'bench/reference/hello.ts'), hello)
  const ours: Started[] = []
  const bare: Started[] = []
  for (let i = 0; i < runs; i++) {
    const last = i === runs - 1 ? settleMs : 0
    ours.push(await startOnce((port) => [WARREN, 'serve', '--listen', `127.0.0.1:${port}`], folder, last))
    bare.push(await startOnce((port) => [hello, String(port)], folder, last))
  }
  forget(folder)
  return {
    firstPageMs: estimate(ours.map(({ ms }) => ms)),
    firstPageCpuMs: median(ours.map(({ cpuMs }) => cpuMs)),
    bareMs: estimate(bare.map(({ ms }) => ms)),
    idleBytes: ours.at(-1)?.bytes ?? Number.NaN,
    bareIdleBytes: bare.at(-1)?.bytes ?? Number.NaN,
  }
}

interface Started {
  ms: number
  cpuMs: number
  bytes: number
}

async function startOnce(
  command: (port: number) => string[],
  folder: string,
  settleMs: number,
): Promise<Started> {
  const port = freePort()
  const began = performance.now()
  const program = start(command(port), { core: 'measured', env: settings(folder), cwd: folder })
  while (!(await isServed(port))) if (performance.now() - began > 20_000) throw new Error('it does not start')
  const ms = performance.now() - began
  const cpuMs = cpuSeconds(program.pid) * 1000
  await Bun.sleep(settleMs)
  const bytes = residentBytes(program.pid)
  await program.end('SIGTERM')
  return { ms, cpuMs, bytes }
}

function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => {} } })
  const { port } = listener
  listener.stop(true)
  return port
}

/** Asks over a socket of its own: a client that pools and resolves would be half of what is measured. */
function isServed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = ''
    void Bun.connect({
      hostname: '127.0.0.1',
      port,
      socket: {
        open: (socket) =>
          void socket.write('GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'),
        data: (_, bytes) => {
          answer += bytes.toString('latin1')
        },
        close: () => resolve(answer.startsWith('HTTP/1.1 200')),
        connectError: () => resolve(false),
      },
    }).catch(() => resolve(false))
  })
}
