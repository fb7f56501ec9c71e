import { type Audit, auditAcks } from './audit.ts'
import { forget, freshFolder, ROOT, start } from './machine.ts'
import {
  type Block,
  CONTENT_LENGTH,
  type Compared,
  compare,
  openTalk,
  type Pairing,
  type Side,
  type Speaker,
  warmUp,
} from './talking.ts'
import { type Chat, furnish, serve } from './warren.ts'

export interface Sends {
  chats: number
  inFlight: number
  /** CPU of a bare insert by CPU of a send: the share of a send that storing its row must cost. */
  share: Compared
  /** The same against all that sends of one chat store: their rows, the head of the chat and the sender's mark. */
  stored: Compared
  /** In a second of one core. */
  sendsPerCoreSecond: number
  audit: Audit
}

const BATCH = 64

/** B2: what a durable, acknowledged send costs in direct chats, against the bare insert of its row. */
export async function measureSends(
  at: { chats: number; inFlight: number },
  pairing: Pairing,
): Promise<Sends> {
  const folder = freshFolder('sends')
  const chats = await furnish(folder, async (into) => {
    const people = await into.addPeople(at.chats * 2)
    return Array.from({ length: at.chats }, (_, i) => into.addChat('direct', people.slice(i * 2, i * 2 + 2)))
  })
  const [bare, stores] = [await openInserts('row'), await openInserts('send')]
  const node = await serve(folder)
  const talk = await openTalk(node, 'warren', speakersOf(chats, at.inFlight))
  await warmUp(talk)
  const sends: Side = { run: async (seconds) => costOf(await talk.run(seconds)) }
  const share = await compare(bare, sends, pairing)
  const stored = await compare(stores, sends, pairing)
  const audit = auditAcks(await talk.endByKilling(node), `${folder}/warren.db`)
  await bare.end()
  await stores.end()
  forget(folder)
  return { ...at, share, stored, sendsPerCoreSecond: 1e6 / share.theirs.value, audit }
}

/** Microseconds of the server for each send. */
const costOf = (block: Pick<Block, 'serverCpu' | 'sends'>) => ({
  cost: (block.serverCpu * 1e6) / block.sends,
  block,
})

/** Both sides of every chat speak, as evenly as it goes. */
export const speakersOf = (chats: readonly Chat[], inFlight: number): Speaker[] =>
  chats.flatMap((chat, c) =>
    chat.members.map((member, m) => ({
      token: member.token,
      chatId: chat.id,
      lastSeq: chat.lastSeq,
      window: shareOf(inFlight, chats.length * 2, m * chats.length + c),
    })),
  )

const shareOf = (whole: number, parts: number, part: number): number =>
  Math.floor(whole / parts) + (part < whole % parts ? 1 : 0)

async function openInserts(what: 'row' | 'send') {
  const folder = freshFolder('inserts')
  await furnish(folder, async (into) => into.addChat('channel', await into.addPeople(2)))
  const words = [
    `${ROOT}/bench/reference/inserts.ts`,
    `${folder}/warren.db`,
    BATCH,
    CONTENT_LENGTH,
    what,
  ].map(String)
  const program = start([process.execPath, ...words], { core: 'measured' })
  await program.line()
  return {
    run: async (seconds: number) => costOf(JSON.parse(await program.ask(`run ${seconds}`))),
    end: async () => {
      await program.end()
      forget(folder)
    },
  }
}
