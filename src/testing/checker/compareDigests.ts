import type { Device } from './device.ts'
import { askDigest, digestOf } from './digest.ts'
import { syncAll } from './hearing.ts'

const EVERY_MS = 500
/** A client that differs twice in a row, 25 s apart, syncs; here time is short. */
const SYNC_EVERY = 6

/** Those whose digest is not the node's though nothing moves any more, and though they have synced as a client does. */
export async function compareDigests(devices: readonly Device[], withinMs: number): Promise<string[]> {
  return (await Promise.all(devices.map((device) => compareDigest(device, withinMs)))).flat()
}

async function compareDigest(device: Device, withinMs: number): Promise<string[]> {
  const end = performance.now() + withinMs
  for (let tries = 1; performance.now() < end; tries++) {
    if ((await theirs(device)) === digestOf(device)) return []
    await Bun.sleep(tries === 1 ? EVERY_MS / 10 : EVERY_MS)
    // Refused or lost: the next comparison tells.
    if (tries % SYNC_EVERY === 0 && device.line !== null) await syncAll(device, device.line).catch(() => {})
  }
  return [`${device.name}: digest ${await theirs(device)}, by its own count ${digestOf(device)}`]
}

/** Null when it is not connected. */
const theirs = ({ line }: Device): Promise<number | null> =>
  line === null ? Promise.resolve(null) : askDigest(line).catch(() => null)
