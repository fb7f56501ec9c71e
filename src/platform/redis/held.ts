/** What a server of a cluster says to each subscription: how many channels this connection now hears. */
export interface Answer {
  server: string
  held: number
}

/**
 * How many channels are heard in all, by the last answer of each server: one whose connection was lost and made anew
 * half-way has forgotten the first ones, and counts from one again.
 */
export function addHeld(answers: readonly Answer[]): number {
  const last = new Map(answers.map(({ server, held }) => [server, held]))
  return last.values().reduce((sum, held) => sum + held, 0)
}
