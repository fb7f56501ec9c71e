import { Refusal } from '../errors.ts'

export { codeOf } from '../errors.ts'

/** Where the command line ends with it: 3 invalid config, 4 unreachable or in use, 5 migration required. */
export type ExitCode = 3 | 4 | 5

/** A node that may not start. Its message is for the person who runs it: what, why, what to do. */
export class CannotStart extends Error {
  readonly exit: ExitCode

  constructor(exit: ExitCode, message: string) {
    super(message)
    this.exit = exit
  }
}

/** The database cannot answer now, or its answer at COMMIT was lost: nothing may be told, the client asks again. */
export const unavailable = () =>
  new Refusal('unavailable', 'database_unavailable', {
    detail: 'The database did not answer. Repeat the request.',
    retryAfterMs: 1000,
  })

/** A dead write's or a nested write's: always a bug in the caller. */
export const misuse = (what: string) => new Error(`database: ${what}`)
