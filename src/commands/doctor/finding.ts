/** What one look found. A `fix` says what to do; there is none when nothing is wrong. */
export interface Finding {
  check: string
  state: 'ok' | 'warn' | 'fail'
  reason: string
  fix?: string
}

export const ok = (check: string, reason: string): Finding => ({ check, state: 'ok', reason })
export const warn = (check: string, reason: string, fix: string): Finding => ({
  check,
  state: 'warn',
  reason,
  fix,
})
export const bad = (check: string, reason: string, fix: string): Finding => ({
  check,
  state: 'fail',
  reason,
  fix,
})
