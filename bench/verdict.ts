/** One measured value and what it has to be. */
export interface Verdict {
  id: string
  what: string
  value: number
  /** 95 % interval, where the value is a median of pairs. */
  low?: number
  high?: number
  unit: string
  /** What is asked; a value without is there to be read. */
  asked?: Bounds
  note?: string
}

export interface Bounds {
  /** Missed, the work is not done. */
  gate: number
  /** Missed, the profile's top three are named. */
  goal: number
  better: 'less' | 'more'
}

export type Outcome = 'goal' | 'gate' | 'missed' | 'unasked'

/** By the worse end of the interval: a lucky median passes nothing. */
export function outcomeOf({ value, low, high, asked }: Verdict): Outcome {
  if (asked === undefined) return 'unasked'
  const { gate, goal, better } = asked
  const worst = better === 'less' ? (high ?? value) : (low ?? value)
  const meets = (bound: number): boolean => (better === 'less' ? worst <= bound : worst >= bound)
  if (meets(goal)) return 'goal'
  return meets(gate) ? 'gate' : 'missed'
}

const WORDS: Record<Outcome, string> = {
  goal: 'goal met',
  gate: 'gate met',
  missed: '**missed**',
  unasked: '',
}

/** The verdicts as the table of `docs/benchmarks.md`. */
export function tableOf(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((verdict) => {
    const cells = [verdict.id, verdict.what, measured(verdict), boundsOf(verdict), WORDS[outcomeOf(verdict)]]
    return `| ${cells.join(' | ')} |`
  })
  return ['| | measured | value | gate · goal | |', '|---|---|---|---|---|', ...rows].join('\n')
}

function boundsOf({ asked }: Verdict): string {
  if (asked === undefined) return ''
  const sign = asked.better === 'less' ? '≤' : '≥'
  return `${sign} ${spell(asked.gate)} · ${sign} ${spell(asked.goal)}`
}

function measured({ value, low, high, unit, note }: Verdict): string {
  const interval = low === undefined || high === undefined ? '' : ` (${spell(low)} – ${spell(high)})`
  return `${spell(value)}${unit}${interval}${note === undefined ? '' : `; ${note}`}`
}

/** Three digits say as much as there is to know. */
const spell = (value: number): string =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)))
