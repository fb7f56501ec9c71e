import { builtExecutable, withFailpoints } from '../faults.ts'
import { histogram, percentile } from '../figures.ts'
import { BESIDE, MATRIX } from './matrix.ts'
import { type ClusterOutcome, runFault } from './run.ts'
import type { ClusterFault } from './scene.ts'

/** What of the matrix is run, and how. */
export interface Asked {
  /** Ids or words, with commas between; empty for all. */
  only: string
  rounds: number | null
  seed: number
  isSmall: boolean
}

/** A row as it came out, its figures in words. */
export type Report = Omit<ClusterOutcome, 'figures'> & { id: string; figures: Record<string, string> }

/** `script/faults --cluster`: every row of the matrix, or some, and what came of each. */
export async function runMatrix({ only, rounds, seed, isSmall }: Asked): Promise<Report[]> {
  const reports: Report[] = []
  for (const fault of MATRIX.filter((row) => isAsked(row, only))) {
    const plan = { seed, rounds: rounds ?? (isSmall ? fault.smallRounds : fault.rounds), isSmall }
    const run = (command: string[]) => runFault(fault, { ...plan, command })
    const outcome = await (fault.needsFailpoints ? withFailpoints(run) : run(builtExecutable()))
    const report = { ...outcome, id: fault.id, figures: summarise(outcome.figures) }
    reports.push(report)
    console.log(tell(report))
  }
  return reports
}

const isAsked = ({ id, what }: ClusterFault, only: string): boolean =>
  only.split(',').some((words) => `${id} ${what}`.includes(words.trim()))

/** Which rows are left to a process of its own, so that the others are run at the same time: they mostly wait. */
export const besideOf = (): { here: string; beside: string } => {
  const ids = [...new Set(MATRIX.map(({ id }) => id))]
  return {
    here: ids.filter((id) => !BESIDE.includes(id)).join(','),
    beside: ids.filter((id) => BESIDE.includes(id)).join(','),
  }
}

/** All rows together, and a line for each that a program reads. */
export function sumUp(reports: readonly Report[]): string {
  const sum = (of: (report: Report) => number): number => reports.reduce((all, one) => all + of(one), 0)
  const [messages, loadMs] = [sum((one) => one.messages), sum(({ loadMs }) => loadMs)]
  const lines = reports.map(({ figures: _, ...row }) => `row ${JSON.stringify(row)}`)
  const total = [
    `${reports.length} rows`,
    `${sum(({ injections }) => injections)} injections`,
    `${messages} messages acknowledged`,
    `${((messages * 1000) / Math.max(1, loadMs)).toFixed(1)}/s while faults ran`,
    `${sum(({ findings }) => findings.length)} findings`,
    `${(sum(({ tookMs }) => tookMs) / 60_000).toFixed(1)} min`,
  ]
  return [...lines, `all: ${total.join(', ')}`].join('\n')
}

function tell({ fault, seed, findings, figures, ...counts }: Report): string {
  const { rounds, injections, asked, acked, messages, perSecond, repeated, tookMs } = counts
  const said = [
    `${rounds} rounds`,
    `${injections} injections`,
    `${asked} asked`,
    `${acked} acked`,
    `${messages} messages (${perSecond.toFixed(1)}/s)`,
    `${repeated} asked again`,
    `${Math.round(tookMs / 1000)} s`,
  ]
  return [
    `${fault}, seed ${seed}: ${findings.length === 0 ? 'survived' : `FOUND\n${findings.join('\n')}`}`,
    `  ${said.join(', ')}`,
    ...Object.entries(figures).map(([name, text]) => `  ${name}: ${text}`),
  ].join('\n')
}

const summarise = (figures: Record<string, number[]>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(figures).map(([name, values]) => [
      name,
      `${values.length} · p50 ${round(percentile(values, 0.5))} · p95 ${round(percentile(values, 0.95))} · p99 ${round(percentile(values, 0.99))} · max ${round(values.reduce((a, b) => Math.max(a, b), -Infinity))} · ${histogram(values)}`,
    ]),
  )

const round = (value: number): number => Math.round(value * 10) / 10
