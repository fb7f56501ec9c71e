import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { forget, freshFolder, loadProgram, start } from './machine.ts'
import { CONTENT_LENGTH } from './talking.ts'

export interface Delays {
  count: number
  p50: number
  p99: number
  max: number
}

/** What `pace` saw of messages that were due at a fixed rate; delays are milliseconds. */
export interface Paced {
  said: number
  acked: number
  refused: number
  heard: number
  expected: number
  ownCpu: number
  seconds: number
  ack: Delays
  delivery: Delays
  /** What the second node took longer than the first for the same message. */
  added: Delays
}

export interface Place {
  port: number
  token: string
  chatId: string
  role: 'say' | 'hear' | 'deaf'
}

export interface Pace {
  run(seconds: number, rate: number): Promise<Paced>
  end(): Promise<void>
}

export async function openPace(places: readonly Place[], core: 'measuring' | 'either'): Promise<Pace> {
  const folder = freshFolder('pace')
  const sockets = join(folder, 'sockets')
  writeFileSync(
    sockets,
    places.map(({ port, token, chatId, role }) => `${port} ${token} ${chatId} ${role}\n`).join(''),
  )
  const program = start([loadProgram('pace'), sockets, String(CONTENT_LENGTH)], { core })
  await program.line()
  return {
    run: async (seconds, rate) => JSON.parse(await program.ask(`run ${seconds} ${rate}`)) as Paced,
    end: async () => {
      await program.end()
      forget(folder)
    },
  }
}

/** Throws unless every message was acknowledged and heard by everybody. */
export function requireAll(paced: Paced): Paced {
  if (paced.acked < paced.said || paced.heard !== paced.expected || paced.refused > 0)
    throw new Error(`a run is not whole: ${JSON.stringify(paced)}`)
  return paced
}
