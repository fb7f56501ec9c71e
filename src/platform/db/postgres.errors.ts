import { codeOf } from './failure.ts'

const isSqlState = (code: string) => /^[0-9A-Z]{5}$/.test(code) && /[0-9]/.test(code)

/** The connection itself is at an end. */
function isGone(error: unknown): boolean {
  const severity = (error as { severity?: unknown } | null | undefined)?.severity
  if (severity === 'FATAL' || severity === 'PANIC') return true
  const code = codeOf(error)
  return !isSqlState(code) && /^(CONNECT|E[A-Z]+$)/.test(code)
}

/** A migration of another node changed what the statement answers with. The library prepares it anew next time. */
const isStalePlan = (error: unknown) =>
  codeOf(error) === '26000' ||
  (codeOf(error) === '0A000' && (error as { routine?: unknown }).routine === 'RevalidateCachedQuery')

/**
 * Nothing is wrong with the statement: the server or the way to it said no. Class 08 connection, 53 resources,
 * 57 shutdown or timeout, 58 system, 40 deadlock, 55P03 lock timeout, 25P03 idle too long, 25006 a standby.
 */
export const isOutage = (error: unknown): boolean =>
  isGone(error) ||
  isStalePlan(error) ||
  /^(08...|53...|57...|58...|40...|55P03|25P03|25006)$/.test(codeOf(error))
