import { builtExecutable, withFailpoints } from '../faults.ts'
import { histogram, percentile } from '../figures.ts'
import { MATRIX } from './matrix.ts'
import { type ClusterOutcome, runFault } from './run.ts'

/** `script/faults --cluster`: every row of the matrix, or one, and what came of it. True when nothing was found. */
export async function runMatrix(asked: {
  only: string
  rounds: number | null
  seed: number
  isSmall: boolean
}): Promise<{ report: object[]; isClean: boolean }> {
  const { seed, isSmall } = asked
  const report: object[] = []
  let isClean = true
  for (const fault of MATRIX) {
    if (!`${fault.id} ${fault.what}`.includes(asked.only)) continue
    const rounds = asked.rounds ?? (isSmall ? fault.smallRounds : fault.rounds)
    const run = (command: string[]) => runFault(fault, { command, seed, rounds, isSmall })
    const outcome = await (fault.needsFailpoints ? withFailpoints(run) : run(builtExecutable()))
    if (outcome.findings.length > 0) isClean = false
    report.push(toReport(outcome))
    console.log(tell(outcome))
  }
  return { report, isClean }
}

const toReport = ({ figures, ...rest }: ClusterOutcome): object => ({ ...rest, figures: summarise(figures) })

function tell(outcome: ClusterOutcome): string {
  const { fault, seed, injections, findings, asked, acked, messages, perSecond, repeated } = outcome
  const head = `${fault}, seed ${seed}: ${findings.length === 0 ? 'survived' : `FOUND\n${findings.join('\n')}`}`
  const counts = `  ${injections} injections, ${asked} asked, ${acked} acked, ${messages} messages (${perSecond.toFixed(1)}/s), ${repeated} asked again`
  const figures = Object.entries(summarise(outcome.figures)).map(([name, text]) => `  ${name}: ${text}`)
  return [head, counts, ...figures].join('\n')
}

const summarise = (figures: Record<string, number[]>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(figures).map(([name, values]) => [
      name,
      `${values.length} · p50 ${round(percentile(values, 0.5))} · p95 ${round(percentile(values, 0.95))} · p99 ${round(percentile(values, 0.99))} · max ${round(values.reduce((a, b) => Math.max(a, b), -Infinity))} · ${histogram(values)}`,
    ]),
  )

const round = (value: number): number => Math.round(value * 10) / 10
