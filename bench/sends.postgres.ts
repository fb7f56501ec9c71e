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
  /** Microseconds of the node and of the database for each send: they say what a machine of their own would do. */
  nodeCost: Estimate
  databaseCost: Estimate
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
  for (let i = 0; i < pairs; i++) {
    const before = ground.cpuSeconds()
    const block = await talk.run(seconds)
    blocks.push({ ...block, databaseCpu: ground.cpuSeconds() - before })
  }
  const audit = await auditAcks(ground, await talk.endByKilling(node))
  await ground.end()
  return {
    ...at,
    acksPerSecond: estimate(blocks.map((block) => block.acks / block.seconds)),
    nodeCost: estimate(blocks.map((block) => (block.serverCpu * 1e6) / block.sends)),
    databaseCost: estimate(blocks.map((block) => (block.databaseCpu * 1e6) / block.sends)),
    audit,
  }
}

/** After a `kill -9` of the node: whether all that was acknowledged is there, each once and in the place that was told. */
async function auditAcks(ground: Ground, acksPath: string): Promise<Audit> {
  const stored = await ground.ask<{ client_id: string; chat_id: string; seq: string; rows: string }>(
    'select client_id, chat_id, min(seq) as seq, count(*) as rows from messages group by client_id, chat_id',
  )
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
