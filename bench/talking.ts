import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { forget, freshFolder, loadProgram, type Program, start } from './machine.ts'
import { type Estimate, estimate, ratios } from './statistics.ts'

/** What `talk` counted in one block. */
export interface Block {
  seconds: number
  serverCpu: number
  ownCpu: number
  sends: number
  acks: number
  deliveries: number
  expected: number
  disorder: number
  refused: number
  others: number
  frameBytes: number
}

/** One socket of a talk: what it says it says in its chat, `window` messages at a time. */
export interface Speaker {
  token: string
  chatId: string
  lastSeq: number
  window: number
}

export interface Talk {
  run(seconds: number): Promise<Block>
  /** Ends it; the path of the file that names what was acknowledged. */
  end(): Promise<string>
  /** Kills the server in the middle of a block; the path of the same file. */
  endByKilling(server: Pick<Program, 'end'>): Promise<string>
}

export const CONTENT_LENGTH = 80

interface Listening extends Pick<Program, 'pid'> {
  port: number
}

export type Form = 'warren' | 'echo' | 'socketio'

/** Opens the sockets. Speakers of one chat must stand together. */
export async function openTalk(
  server: Listening,
  form: Form,
  speakers: readonly Speaker[],
  core: 'measuring' | 'either' = 'measuring',
): Promise<Talk> {
  const folder = freshFolder('talk')
  const [sockets, acks] = [join(folder, 'sockets'), join(folder, 'acks')]
  writeFileSync(
    sockets,
    speakers.map((one) => `${one.token} ${one.chatId} ${one.lastSeq} ${one.window}\n`).join(''),
  )
  const words = [server.port, form, sockets, acks, CONTENT_LENGTH, server.pid].map(String)
  const program = start([loadProgram('talk'), ...words], { core })
  process.on('exit', () => forget(folder))
  await program.line()
  return {
    run: async (seconds) => requireWhole(JSON.parse(await program.ask(`run ${seconds}`)) as Block),
    end: async () => {
      await program.end()
      return acks
    },
    endByKilling: async (server) => {
      const cutOff = program.ask('run 60').catch(() => 'as it should be')
      await Bun.sleep(700)
      await server.end('SIGKILL')
      await cutOff
      await program.end('SIGTERM')
      return acks
    },
  }
}

/** Throws unless every delivery came once and in its place, and the measuring side had time to spare. */
function requireWhole(block: Block): Block {
  const { sends, acks, deliveries, expected, disorder, refused, others } = block
  if (acks !== sends || deliveries !== expected || disorder + refused + others > 0) {
    throw new Error(`a block is not whole: ${JSON.stringify(block)}`)
  }
  if (block.ownCpu > 0.7 * block.seconds) throw new Error(`the generator was busy: ${JSON.stringify(block)}`)
  return block
}

const WARM_SENDS = 10_000
const WARM_S = 8

/** Until the runtime has compiled what it will: the first seconds of a server say nothing of the others. */
export async function warmUp(talk: Talk): Promise<Block> {
  const began = performance.now()
  for (let sends = 0; ; ) {
    const block = await talk.run(1)
    sends += block.sends
    if (sends >= WARM_SENDS || performance.now() - began > WARM_S * 1000) return block
  }
}

/** A server whose cost is compared with another's. */
export interface Side {
  run(seconds: number): Promise<{ cost: number; block: unknown }>
}

export interface Pairing {
  pairs: number
  seconds: number
}

export interface Compared {
  ratio: Estimate
  ours: Estimate
  theirs: Estimate
}

/** Blocks in the order ours, theirs, theirs, ours, …: what drifts, drifts for both. */
export async function compare(ours: Side, theirs: Side, { pairs, seconds }: Pairing): Promise<Compared> {
  await ours.run(seconds / 2)
  await theirs.run(seconds / 2)
  const costs: [number, number][] = []
  for (let i = 0; i < pairs; i++) {
    const order = i % 2 === 0 ? [ours, theirs] : [theirs, ours]
    const [first, second] = [await order[0]?.run(seconds), await order[1]?.run(seconds)]
    const pair = [first?.cost ?? Number.NaN, second?.cost ?? Number.NaN] as const
    costs.push(i % 2 === 0 ? [pair[0], pair[1]] : [pair[1], pair[0]])
  }
  return {
    ratio: estimate(ratios(costs)),
    ours: estimate(costs.map(([cost]) => cost)),
    theirs: estimate(costs.map(([, cost]) => cost)),
  }
}
