import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '../testing/preload.ts'
import type { Io } from './command.ts'
import { run } from './run.ts'

export interface Said {
  exit: number
  out: string
  err: string
}

export interface CommandLine {
  dataDir: string
  /** Runs a command on this data folder, with `typed` as standard input. */
  warren(words: string, env?: Io['env'], typed?: string): Promise<Said>
}

/** A command line in a data folder of its own that is not there yet, without a terminal. */
export function openCommandLine(): CommandLine {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'warren-cli-')), 'data')
  return {
    dataDir,
    async warren(words, env = {}, typed = '') {
      const out: string[] = []
      const err: string[] = []
      const io: Io = {
        env: { WARREN_DATA_DIR: dataDir, ...env },
        out: (line) => void out.push(line),
        err: (line) => void err.push(line),
        taken: async () => {},
        interactive: false,
        color: false,
        askSecret: () => Promise.reject(new Error('asked without a terminal')),
        readInput: async () => typed,
      }
      const exit = await run(words.split(' ').filter(Boolean), io)
      return { exit, out: out.join('\n'), err: err.join('\n') }
    },
  }
}
