import { unavailable } from './failure.ts'
import type { Write } from './write.ts'

export interface Turns {
  /** Writes of one turn that may wait at a time, and of all. */
  each: number
  all: number
}

const MOST_TOGETHER = 64

/**
 * Writes of one chat go one transaction at a time, in the order in which they were asked for; those that wait
 * share the next one. They wait here, without a connection: one locked chat must not starve the others. Those that wait
 * behind a lost transaction are refused with it: they would wait as long for the same, and whoever has sent several
 * sends all of them again, in their order. `run` answers whether its batch was carried out, and never rejects.
 */
export function openTurns(run: (batch: readonly Write[]) => Promise<boolean>, most: Turns) {
  const lines = new Map<string, Write[]>()
  let waiting = 0

  async function advance(turn: string, line: Write[]): Promise<void> {
    while (line.length > 0) {
      const batch = line.splice(0, MOST_TOGETHER)
      waiting -= batch.length
      if (!(await run(batch))) refuse(line)
    }
    lines.delete(turn)
  }

  function refuse(line: Write[]): void {
    waiting -= line.length
    for (const write of line.splice(0)) write.reject(unavailable())
  }

  return (turn: string, write: Write): void => {
    const line = lines.get(turn) ?? []
    if (line.length >= most.each || waiting >= most.all) return write.reject(unavailable())
    line.push(write)
    waiting++
    if (lines.has(turn)) return
    lines.set(turn, line)
    void advance(turn, line)
  }
}
