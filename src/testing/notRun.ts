import { appendFileSync } from 'node:fs'

/**
 * Says that something this machine lacks kept a test from running. `script/test` repeats these lines last;
 * for `.ci/run` each is a failure. Call it once per file, beside the `if` that leaves the tests out.
 */
export function notRun(what: string, why: string): void {
  const line = `not run: ${what} (${why})`
  const file = process.env.WARREN_NOT_RUN
  if (file === undefined) console.error(line)
  else appendFileSync(file, `${line}\n`)
}
