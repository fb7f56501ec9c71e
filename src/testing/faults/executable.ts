import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Place } from '../checker/device.ts'
import { sqliteTruth } from '../checker/truth.ts'
import type { Ground } from '../checker/world.ts'
import { leashed } from '../leash.ts'

/** A node as a process that may be killed, and started again on the same folder. */
export interface Victim {
  readonly place: Place
  /** For a world on this node alone, over its own file. */
  readonly ground: Ground
  readonly dataDir: string
  readonly databasePath: string
  readonly pid: number
  /** Settles with how the present process ended: `SIGKILL`, or its exit code. */
  readonly ended: Promise<string | number>
  /** Everything that it has said. */
  said(): string
  /** Milliseconds to the first word. */
  start(env?: Record<string, string>): Promise<number>
  signal(signal: NodeJS.Signals): void
  /** Ends the process and forgets its folder. */
  bury(): Promise<void>
}

export interface VictimOptions {
  /** Emptied in the end; else one that is also removed. */
  dataDir?: string | undefined
  /** `host:port`; a free port each time if it is left out. */
  listen?: string
  env?: Record<string, string>
}

/** `command` is what runs Warren: `[dist/warren]`, or `[bun, src/main.ts]` of a planted tree. */
export function createVictim(command: string[], options: VictimOptions = {}): Victim {
  const isOurs = options.dataDir === undefined
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'warren-fault-'))
  const databasePath = join(dataDir, 'warren.db')
  const place: Place = { url: '' }
  const state = { child: null as ReturnType<typeof spawnNode> | null, said: '' }
  const current = () => {
    if (state.child === null) throw new Error('the node was not started')
    return state.child
  }
  // A run that is broken off leaves no node behind.
  process.on('exit', () => state.child?.kill('SIGKILL'))
  return {
    place,
    dataDir,
    databasePath,
    ground: { place, nodes: [place], truth: sqliteTruth(databasePath) },
    get pid() {
      return current().pid
    },
    get ended() {
      return current().exited.then((code) => current().signalCode ?? code)
    },
    said: () => state.said,
    signal: (signal) => current().kill(signal),
    start: async (env = {}) => {
      const began = performance.now()
      state.child = spawnNode(command, dataDir, options, env)
      place.url = await findUrl(state.child, (text) => {
        state.said += text
      })
      return performance.now() - began
    },
    bury: async () => {
      if (state.child?.exitCode === null) state.child.kill('SIGKILL')
      await state.child?.exited
      for (const name of readdirSync(dataDir)) rmSync(join(dataDir, name), { recursive: true, force: true })
      if (isOurs) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

const spawnNode = (
  command: string[],
  dataDir: string,
  { listen = '127.0.0.1:0', env: given }: VictimOptions,
  env: Record<string, string>,
) =>
  Bun.spawn(leashed([...command, 'serve', '--listen', listen, '--data-dir', dataDir]), {
    cwd: dataDir,
    env: {
      WARREN_REGISTRATION: 'open',
      WARREN_LIMITS_FACTOR: '1000',
      WARREN_LOG_LEVEL: 'error',
      ...given,
      ...env,
    },
    stdin: 'ignore',
    // A Ctrl+C in the terminal reaches us; what becomes of the node is said by us.
    detached: true,
    stdout: 'pipe',
    stderr: 'pipe',
  })

function findUrl(child: ReturnType<typeof spawnNode>, keep: (text: string) => void): Promise<string> {
  const url = Promise.withResolvers<string>()
  let said = ''
  const listen = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      keep(text)
      said += text
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
      if (found !== null) url.resolve(found[0])
    }
  }
  void Promise.all([listen(child.stdout), listen(child.stderr)]) // ends with the process
  void child.exited.then((code) => url.reject(new Error(`serve ended with ${code}: ${said}`)))
  return url.promise
}
