import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cutPower, type Fate, type Files } from './disk.ts'
import { readJournal } from './journal.ts'

/** A disk whose power can be cut, under one folder at a time. */
export interface Power {
  /** The environment of whoever writes on it. */
  env: Record<string, string>
  /** What is to happen at the next sync of a file whose name ends so; undone if it has not happened. */
  order(what: 'eio' | 'die', suffix: string): void
  /** True once the order was carried out, or there is none. */
  isObeyed(): boolean
  undoOrder(): void
  /** After the death of the process: makes of the folder what the disk would hold. The number of pieces not synced. */
  cut(folder: string, fateOf: () => Fate): number
  /** After the death of the process: where the folder is not what the journal says. Empty when nothing passed it by. */
  missed(folder: string): string[]
  remove(): void
}

/** Null where there is no compiler. */
export function openPower(): Power | null {
  if (Bun.which('gcc') === null) return null
  const home = mkdtempSync(join(tmpdir(), 'warren-power-'))
  const [shim, journal, orders] = ['shim.so', 'journal', 'order'].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ]
  const source = join(import.meta.dir, 'shim.c')
  const compiled = Bun.spawnSync(['gcc', '-O1', '-shared', '-fPIC', '-o', shim, source, '-ldl'])
  if (compiled.exitCode !== 0) throw new Error(`shim.c: ${compiled.stderr}`)
  const state = { before: new Map() as Files }
  const entries = () => readJournal(readFileSync(journal))
  return {
    env: { LD_PRELOAD: shim, POWER_JOURNAL: journal, POWER_ORDER: orders },
    order: (what, suffix) => writeFileSync(orders, `${what} ${suffix}`),
    isObeyed: () => !readdirSync(home).includes('order'),
    undoOrder: () => rmSync(orders, { force: true }),
    cut: (folder, fateOf) => {
      const { files, seen, unsynced } = cutPower(state.before, entries(), fateOf)
      restoreTo(folder, files, seen)
      state.before = filesOf(folder)
      writeFileSync(journal, '')
      return unsynced
    },
    missed: (folder) => {
      const told = entries()
      const real = filesOf(folder)
      // It may have died between writing down the last one and doing it.
      const missed = [told, told.slice(0, -1)].map((some) => {
        const { files, seen } = cutPower(state.before, some, () => 'kept')
        return differences(real, files).filter((path) => seen.has(path))
      })
      return missed.find((paths) => paths.length === 0) ?? (missed[0] as string[])
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

/** What the shim never saw stays as it is. */
function restoreTo(folder: string, files: Files, seen: ReadonlySet<string>): void {
  for (const path of seen) if (path !== '.' && !files.has(path)) rmSync(join(folder, path), { force: true })
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
  // The index of the log lives in memory.
  for (const path of readdirSync(folder)) if (path.endsWith('-shm')) rmSync(join(folder, path))
}

function filesOf(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('-shm'))
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [path.slice(folder.length + 1), readFileSync(path)]
    }),
  )
}

function differences(real: Files, told: Files): string[] {
  const paths = [...new Set([...real.keys(), ...told.keys()])]
  return paths.filter(
    (path) => !Buffer.from(real.get(path) ?? '?').equals(told.get(path) ?? new Uint8Array()),
  )
}
