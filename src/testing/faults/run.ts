import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { besideOf, type Report, runMatrix, sumUp } from './cluster/cli.ts'
import { POINTS } from './failpoints.ts'
import { builtExecutable, drainAgainAndAgain, killAt, killRandomly, withFailpoints } from './faults.ts'
import { runOutOfFiles } from './fewFiles.ts'
import { histogram, percentile } from './figures.ts'
import { fillDisk, limitedPages, smallDisk } from './fullDisk.ts'
import { failSync, losePower } from './power/power.ts'
import { restoreAgainAndAgain } from './power/restore.ts'
import type { Outcome } from './rounds.ts'
import { stopReading } from './slowConsumers.ts'
import { readSlowly } from './slowReader.ts'

// `script/faults [--cluster] [--rounds N] [--seed N] [--only NAME] [--small] [--beside]`: every fault of one node, or with
// `--cluster` of three behind Caddy (`--only F05,F11`), and what came of it; with `--beside` on two clusters at once. Ends
// with 1 if anything was found. It kills only what it started, listens on 127.0.0.1 alone, and stops by itself.

const { values } = parseArgs({
  options: {
    cluster: { type: 'boolean', default: false },
    small: { type: 'boolean', default: false },
    beside: { type: 'boolean', default: false },
    /** Where the rows of a cluster are written. */
    into: { type: 'string', default: '.artifacts/faults.cluster.json' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
    only: { type: 'string', default: '' },
  },
})
const [rounds, seed] = [Number(values.rounds ?? 50), Number(values.seed)]
let failed = 0
const report: object[] = []

function tell(fault: string, { findings, ...figures }: { findings: string[] }): void {
  if (findings.length > 0) failed++
  report.push({ fault, seed, findings, ...figures })
  console.log(`${fault}: ${findings.length === 0 ? 'survived' : `FOUND\n${findings.join('\n')}`}`)
  console.log(`  ${JSON.stringify(figures)}`)
}

const tellRounds = ({ fault, findings, startMs, recoveryMs, lagMs, ...counts }: Outcome): void =>
  tell(fault, {
    findings,
    ...counts,
    start: histogram(startMs),
    recovery: histogram(recoveryMs),
    recoveryP50: percentile(recoveryMs, 0.5),
    recoveryP95: percentile(recoveryMs, 0.95),
    deliveryP50: percentile(lagMs, 0.5),
    deliveryP99: percentile(lagMs, 0.99),
  } as { findings: string[] })

const FAULTS: Record<string, () => Promise<void>> = {
  kill: async () => tellRounds(await killRandomly(seed, rounds)),
  points: () =>
    withFailpoints(async (command) => {
      for (const point of POINTS) tellRounds(await killAt(command, point, { seed, rounds }))
    }),
  drain: async () => tellRounds(await drainAgainAndAgain(seed, Math.ceil(rounds / 2))),
  disk: () =>
    withFailpoints(async (command) => {
      tell('full disk, by pages', await fillDisk(command, limitedPages, seed))
    }),
  ballast: fillSmallDisk,
  reader: async () => {
    const missed = { chats: 200, messages: 200, length: 2000, bytesPerSecond: 1e6 }
    tell('slow reader', await readSlowly(builtExecutable(), missed))
  },
  consumers: async () => {
    const burst = { stopped: 50, crawling: 50, messages: 1200, cutMs: 20_000 }
    tell('slow consumers', await stopReading(builtExecutable(), burst))
  },
  files: async () => tell('few files', await runOutOfFiles(builtExecutable(), 256)),
  power: async () => tellRounds(await losePower(builtExecutable(), seed, rounds)),
  eio: async () => tellRounds(await failSync(builtExecutable(), seed, rounds)),
  restore: async () =>
    tell('F22', await restoreAgainAndAgain(builtExecutable(), seed, Math.ceil(rounds / 10))),
}

/** Where file systems may be mounted. */
async function fillSmallDisk(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'warren-small-'))
  const { exitCode } = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', dataDir])
  if (exitCode !== 0) return console.log('full disk, by ballast: not run, nothing may be mounted here')
  try {
    tell('full disk, by ballast', await fillDisk(builtExecutable(), smallDisk(dataDir), seed))
  } finally {
    Bun.spawnSync(['umount', dataDir])
    rmSync(dataDir, { recursive: true, force: true })
  }
}

if (values.cluster) {
  const times = values.rounds === undefined ? null : rounds
  const asked = { seed, isSmall: values.small, rounds: times }
  const rows = values.beside
    ? (await Promise.all([runMatrix({ ...asked, only: besideOf().here }), runBeside()])).flat()
    : await runMatrix({ ...asked, only: values.only })
  mkdirSync('.artifacts', { recursive: true })
  writeFileSync(values.into, JSON.stringify(rows, null, 2))
  console.log(sumUp(rows))
  process.exit(rows.every(({ findings }) => findings.length === 0) ? 0 : 1)
}

/** The rows that mostly wait, on a cluster and in a process of their own. */
async function runBeside(): Promise<Report[]> {
  const into = join(mkdtempSync(join(tmpdir(), 'warren-beside-')), 'rows.json')
  const words = ['--cluster', '--only', besideOf().beside, '--seed', values.seed, '--into', into]
  if (values.small) words.push('--small')
  if (values.rounds !== undefined) words.push('--rounds', values.rounds)
  const child = Bun.spawn([process.execPath, import.meta.path, ...words], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  await child.exited
  const rows = (await Bun.file(into).json()) as Report[]
  rmSync(join(into, '..'), { recursive: true })
  return rows
}

console.log(`seed ${seed}, ${rounds} rounds`)
for (const [name, run] of Object.entries(FAULTS)) if (name.includes(values.only)) await run()
mkdirSync('.artifacts', { recursive: true })
writeFileSync('.artifacts/faults.json', JSON.stringify(report, null, 2))
process.exit(failed === 0 ? 0 : 1)
