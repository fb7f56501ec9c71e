import type { ParseArgsConfig } from 'node:util'
import type { Loaded } from '../config.ts'

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  config: 3,
  dependency: 4,
  migration: 5,
  unhealthy: 6,
  temporary: 75,
} as const

export type Exit = (typeof EXIT)[keyof typeof EXIT]

/** What a command may touch of the world: data goes to `out`, everything said about it to `err`. */
export interface Io {
  env: Record<string, string | undefined>
  out(line: string): void
  err(line: string): void
  /** Settles when whoever reads `out` has taken all of it: who writes much waits for them. */
  taken(): Promise<void>
  /** Whether somebody sits there who can answer a question. */
  interactive: boolean
  color: boolean
  /** A line typed without being shown. Only when `interactive`. */
  askSecret(question: string): Promise<string>
  /** Everything on standard input. Only when not `interactive`. */
  readInput(): Promise<string>
}

export interface Call {
  words: string[]
  options: Record<string, string | boolean | undefined>
  io: Io
  /** Read at the first call; wrong ones end the command with exit code 3, unknown names are said on `err`. */
  settings(): Loaded
}

export interface Command {
  /** After the name: `EMAIL [--role ROLE]`. */
  usage: string
  example: string
  /** A line each: what it does beyond its summary, and its own options. */
  details: readonly string[]
  options?: NonNullable<ParseArgsConfig['options']>
  /** How many words it needs, and how many it takes. */
  words?: readonly [number, number]
  run(call: Call): Promise<Exit>
}

/** What happened → why → what to do. */
export class Failure extends Error {
  readonly exit: Exit

  constructor(exit: Exit, message: string) {
    super(message)
    this.exit = exit
  }
}

export function fail(exit: Exit, message: string): never {
  throw new Failure(exit, message)
}

/** An option that takes a value. */
export const option = (call: Call, name: string): string | undefined => {
  const value = call.options[name]
  return typeof value === 'string' ? value : undefined
}
