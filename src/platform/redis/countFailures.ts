import type { Client } from './connect.ts'

type Send = (...asked: unknown[]) => unknown

/** Counts the commands of this client that failed or took too long, whoever asked: they all leave by one door. */
export function countFailures(client: Client, counts: { errors: number }): void {
  const door = client as unknown as { sendCommand: Send }
  const send = door.sendCommand.bind(client)
  door.sendCommand = (...asked) => {
    const answer = send(...asked)
    Promise.resolve(answer).catch(() => {
      counts.errors++
    })
    return answer
  }
}
