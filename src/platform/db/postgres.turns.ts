import type { Write } from './write.ts'

const MOST_WRITES = 64

/**
 * Writes of one chat go one transaction at a time, in the order in which they were asked for; those that wait
 * share the next one. They wait here, without a connection: one locked chat must not starve the others.
 */
export function openTurns(run: (batch: readonly Write[]) => Promise<void>) {
  const lines = new Map<string, Write[]>()

  async function advance(turn: string, line: Write[]): Promise<void> {
    while (line.length > 0) await run(line.splice(0, MOST_WRITES))
    lines.delete(turn)
  }

  return (turn: string, write: Write): void => {
    const line = lines.get(turn)
    if (line !== undefined) {
      line.push(write)
      return
    }
    const own = [write]
    lines.set(turn, own)
    // `run` never rejects.
    void advance(turn, own)
  }
}
