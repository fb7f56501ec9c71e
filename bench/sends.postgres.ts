import { readFileSync } from 'node:fs'
import type { Audit } from './audit.ts'
import { type Ground, openGround } from './postgres.ts'
import { speakersOf } from './sends.ts'
import { type Estimate, estimate } from './statistics.ts'
import { openTalk, type Pairing, warmUp } from './talking.ts'

export interface PostgresSends {
  chats: number
  inFlight: number
  acksPerSecond: Estimate
  /** Microseconds of the node alone for each send. */
  nodeCost: Estimate
  audit: Audit
}

/** Acknowledged sends in direct chats, with node, database and generator on the same two cores. */
export async function measurePostgresSends(
  at: { chats: number; inFlight: number },
  { pairs, seconds }: Pairing,
): Promise<PostgresSends> {
  const ground = await openGround()
  const chats = await ground.addChats(at.chats)
  const node = await ground.serve()
  const talk = await openTalk(node, 'warren', speakersOf(chats, at.inFlight), 'either')
  await warmUp(talk)
  const blocks = []
  for (let i = 0; i < pairs; i++) blocks.push(await talk.run(seconds))
  const audit = await auditAcks(ground, await talk.endByKilling(node))
  await ground.end()
  return {
    ...at,
    acksPerSecond: estimate(blocks.map((block) => block.acks / block.seconds)),
    nodeCost: estimate(blocks.map((block) => (block.serverCpu * 1e6) / block.sends)),
    audit,
  }
}

/** After a `kill -9` of the node: whether all that was acknowledged is there, each once and in the place that was told. */
async function auditAcks({ address }: Ground, acksPath: string): Promise<Audit> {
  const { default: connect } = await import('postgres')
  const sql = connect(address, { max: 1 })
  const stored = await sql<{ client_id: string; chat_id: string; seq: string; rows: string }[]>`
    select client_id, chat_id, min(seq) as seq, count(*) as rows from messages group by client_id, chat_id`
  await sql.end()
  const places = new Map(stored.map((row) => [`${row.client_id} ${row.chat_id}`, row]))
  const audit: Audit = { acknowledged: 0, lost: 0, doubled: 0 }
  for (const line of readFileSync(acksPath, 'utf8').split('\n').filter(Boolean)) {
    const [clientId = '', chatId = '', seq] = line.split(' ')
    const row = places.get(`${clientId} ${chatId}`)
    audit.acknowledged++
    if (row?.seq !== seq) audit.lost++
    if (Number(row?.rows) > 1) audit.doubled++
  }
  return audit
}
