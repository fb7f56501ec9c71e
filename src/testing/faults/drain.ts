import { allChats, type World } from '../checker/world.ts'
import type { Kill } from './rounds.ts'

const RESTARTING = 1012
const LONGEST_MS = 30_000

/**
 * SIGTERM under load (C13): exit 0 within 30 s, every socket told 1012, and nothing committed whose ack its sender
 * did not get. Looked at before the next start, when no repeat can have found it yet.
 */
export const drainUnderLoad: Kill = async (victim, world) => {
  await Bun.sleep(100 + world.random() * 300)
  const before = world.history.closes.length
  const began = performance.now()
  victim.signal('SIGTERM')
  const how = await victim.ended
  const took = performance.now() - began
  // Closes that are on their way to the devices of this process.
  await Bun.sleep(50)
  const closes = world.history.closes.slice(before)
  return [
    ...(how === 0 ? [] : [`SIGTERM ended with ${how}`]),
    ...(took < LONGEST_MS ? [] : [`SIGTERM took ${took} ms`]),
    ...(closes.every((code) => code === RESTARTING) ? [] : [`closed with ${closes.join(' ')}`]),
    ...(await unanswered(world)).map((key) => `committed without an ack: ${key}`),
  ]
}

async function unanswered(world: World): Promise<string[]> {
  const chats = await world.truth.chats(allChats(world))
  const stored = new Set(chats.flatMap(({ rows }) => rows.map(({ client_id }) => client_id)))
  return world.history.ops
    .filter(({ kind, acks, key }) => kind === 'send' && acks.length === 0 && stored.has(key))
    .map(({ key }) => key)
}
