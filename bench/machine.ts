import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildBrowser } from '../script/browser.ts'
import { buildExecutable } from '../script/build.ts'

// What is measured runs on the first core and what measures it on the second: they never take time from each other.

export const ROOT = join(import.meta.dir, '..')
const CACHE = join(ROOT, '.bench')
export const WARREN = join(CACHE, 'warren')

const CORES = { measured: '0', measuring: '1', either: '0,1' }

/** A folder that survives the run: databases of a million messages are made once. */
export function cacheFolder(name: string): string {
  const folder = join(CACHE, name)
  mkdirSync(folder, { recursive: true })
  return folder
}

/** A folder on a disk, not in memory: what is measured is flushed for real. */
export function freshFolder(name: string): string {
  mkdirSync(CACHE, { recursive: true })
  return mkdtempSync(join(CACHE, `${name}-`))
}

export const forget = (folder: string): void => rmSync(folder, { recursive: true, force: true })

/** Builds the executable as it is shipped, and the C programs that measure it. */
export async function build(): Promise<void> {
  mkdirSync(CACHE, { recursive: true })
  await buildBrowser()
  rmSync(WARREN, { force: true })
  await buildExecutable(join(ROOT, 'src/main.ts'), WARREN)
}

/**
 * From here on this process and all that it starts go before everything else on the machine. Throws where that is not
 * allowed. For what asks little of a core: others wait for as long as it runs.
 */
export function goAhead(): void {
  const { exitCode, stderr } = Bun.spawnSync(['chrt', '-a', '-r', '-p', '1', String(process.pid)])
  if (exitCode !== 0) throw new Error(`chrt: ${stderr.toString()}`)
}

/** The path of a program of `bench/load`, compiled. */
export function loadProgram(name: string): string {
  const program = join(tmpdir(), `warren-bench-${process.pid}-${name}`)
  if (existsSync(program)) return program
  const source = join(ROOT, 'bench/load', `${name}.c`)
  const { exitCode, stderr } = Bun.spawnSync(['gcc', '-O2', '-o', program, source])
  if (exitCode !== 0) throw new Error(`gcc: ${stderr.toString()}`)
  process.on('exit', () => rmSync(program, { force: true }))
  return program
}

/** A process whose lines of JSON answer lines that it is told. */
export interface Program {
  readonly pid: number
  /** Its next line. */
  line(): Promise<string>
  ask(line: string): Promise<string>
  /** Ends it: by the end of its input, or by a signal. */
  end(signal?: NodeJS.Signals): Promise<void>
}

interface Starting {
  /** `either` for what shares both with the others: then it is the whole that is measured. */
  core: 'measured' | 'measuring' | 'either'
  env?: Record<string, string>
  cwd?: string
}

export function start(command: string[], { core, env = {}, cwd = ROOT }: Starting): Program {
  const pinned = ['taskset', '-c', CORES[core], ...command]
  const { PATH = '' } = process.env
  const child = Bun.spawn(pinned, {
    cwd,
    env: { PATH, NODE_ENV: 'production', ...env },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const kill = (): void => child.kill('SIGKILL')
  process.on('exit', kill)
  const lines = linesOf(child.stdout)
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${command.join(' ').slice(0, 80)} ended with ${await child.exited}`)
    return value
  }
  return {
    pid: child.pid,
    line,
    ask: async (text) => {
      child.stdin.write(`${text}\n`)
      await child.stdin.flush()
      return line()
    },
    end: async (signal) => {
      if (signal === undefined) await child.stdin.end()
      else child.kill(signal)
      await child.exited
      process.off('exit', kill)
    },
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, void> {
  let rest = ''
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

const TICKS_A_SECOND = 100

/** User and system time of a process with all its threads, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

export function describeMachine(): string {
  const load = loadavg().map((value) => value.toFixed(1))
  return `${availableParallelism()} × ${cpus()[0]?.model.trim()}, Bun ${Bun.version}, load ${load.join(' ')}`
}
