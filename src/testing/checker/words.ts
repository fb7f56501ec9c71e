import type { Device } from './device.ts'

let said = 0

/** No two messages of a run say the same. */
export const words = (device: Device, what = 'says'): string => `${device.name} ${what} ${++said}`

export const pick = <T>(random: () => number, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T
