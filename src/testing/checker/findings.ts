import { findDoubleChats, findLostChats, findPhantomChats, findUndead } from './findings.founded.ts'
import { findDiverged, findGaps, findLate, findRetold, findUnauthorised } from './findings.heard.ts'
import { findDuplicated, findFifo, findLost, findOrder, findPhantom } from './findings.stored.ts'
import type { History } from './history.ts'

/** What must be empty (`delivery.md`, "The checker"), and what no client may be told at all. */
export interface Findings {
  lost: string[]
  duplicated: string[]
  phantom: string[]
  order: string[]
  fifo: string[]
  unauthorised: string[]
  diverged: string[]
  gap: string[]
  late: string[]
  broken: string[]
}

/** Judges a history after quiescence. `withinMs`: how soon a connected device must have what was acknowledged. */
export function check(history: History, { withinMs }: { withinMs: number }): Findings {
  return {
    lost: [...findLost(history), ...findLostChats(history)],
    duplicated: [...findDuplicated(history), ...findRetold(history), ...findDoubleChats(history)],
    phantom: [...findPhantom(history), ...findPhantomChats(history)],
    order: findOrder(history),
    fifo: findFifo(history),
    unauthorised: [...findUnauthorised(history), ...findUndead(history)],
    diverged: findDiverged(history),
    gap: findGaps(history),
    late: findLate(history, withinMs),
    broken: [...history.broken],
  }
}

/** Names of the findings that are not empty. */
export const foundIn = (findings: Findings): (keyof Findings)[] =>
  (Object.keys(findings) as (keyof Findings)[]).filter((name) => findings[name].length > 0)

/** The first few of each kind, a line each. */
export const describe = (findings: Findings): string =>
  foundIn(findings)
    .flatMap((name) => findings[name].slice(0, 3).map((what) => `${name}: ${what}`))
    .join('\n')
