import type { Device } from './device.ts'
import { askDigest, digestOf } from './digest.ts'
import { syncAll } from './hearing.ts'

const TRIES = 4

/** Those that differ though nothing moves any more, and though they have synced twice as a client does that differs. */
export async function compareDigests(devices: readonly Device[]): Promise<string[]> {
  return (await Promise.all(devices.map(compareDigest))).flat()
}

async function compareDigest(device: Device): Promise<string[]> {
  for (let syncs = 0; syncs <= 2; syncs++) {
    for (let tries = 0; tries < TRIES; tries++) {
      if ((await theirs(device)) === digestOf(device)) return []
      await Bun.sleep(50)
    }
    // Refused or lost: the next comparison tells.
    if (device.line !== null) await syncAll(device, device.line).catch(() => {})
  }
  return [`${device.name}: digest ${await theirs(device)}, by its own count ${digestOf(device)}`]
}

/** Null when it is not connected. */
const theirs = ({ line }: Device): Promise<number | null> =>
  line === null ? Promise.resolve(null) : askDigest(line).catch(() => null)
