import type postgres from 'postgres'
import type { PoolUse } from '../metrics/dbMeter.ts'
import { codeOf } from './failure.ts'

export type Client = postgres.Sql

export interface Pool {
  /** Counted by whoever uses it. */
  readonly use: PoolUse
  client(): Client
  /** To be told of every error of that client. */
  report(error: unknown, used: Client): void
  close(): Promise<void>
}

const LINGER_MS = 60_000

/**
 * A client that is replaced when a connection of it broke. `postgres` 3.4.9 loses a connection for good when it
 * closes with something still to be written (its timer of the next write is cleared but not forgotten), so that
 * whoever is handed it next waits for the connect timeout. What runs on the old client ends there.
 */
export function openPool(connect: () => Client, use: PoolUse = { size: 0, asked: 0 }): Pool {
  let current = connect()
  const old = new Map<Client, Timer>()

  return {
    use,
    client: () => current,
    report(error, used) {
      if (used !== current || !isGone(error) || neverStood(error)) return
      current = connect()
      const timer = setTimeout(() => {
        old.delete(used)
        // It only closes sockets, and gives up after 5 s by itself.
        void used.end({ timeout: 5 })
      }, LINGER_MS)
      timer.unref()
      old.set(used, timer)
    },
    async close() {
      for (const timer of old.values()) clearTimeout(timer)
      await Promise.all([
        current.end({ timeout: 2 }),
        ...[...old.keys()].map((client) => client.end({ timeout: 0 })),
      ])
    },
  }
}

const isSqlState = (code: string) => /^[0-9A-Z]{5}$/.test(code) && /[0-9]/.test(code)

/** The connection itself is at an end: nothing may be sent on it any more, not even `rollback`. */
export function isGone(error: unknown): boolean {
  const severity = (error as { severity?: unknown } | null | undefined)?.severity
  if (severity === 'FATAL' || severity === 'PANIC') return true
  const code = codeOf(error)
  return !isSqlState(code) && /^(CONNECT|E[A-Z]+$)/.test(code)
}

/** Refused, starting up, too many: there was no connection to break, and a new client would fare no better. */
const neverStood = (error: unknown) => /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|57P03|53300)$/.test(codeOf(error))

/**
 * Nothing is wrong with the statement: the server or the way to it said no. Class 08 connection, 53 resources,
 * 57 shutdown or timeout, 58 system, 40 deadlock, 55P03 lock timeout, 25P03 idle too long, 25006 a standby.
 */
export function isOutage(error: unknown): boolean {
  return isGone(error) || /^(08...|53...|57...|58...|40...|55P03|25P03|25006)$/.test(codeOf(error))
}
