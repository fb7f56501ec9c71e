import type { RotationPlace } from '../platform/secretsRotation.ts'
import type { Config } from '../config.ts'
import { act } from './admin/ask.ts'
import { type Command, EXIT } from './command.ts'

export const secretRotate: Command = {
  usage: '',
  example: 'warren secret rotate',
  details: [
    'Seals anew what is kept under the secret key: telephone numbers, waiting mail, the keys of access tokens.',
    'A key in $DATA/secrets.toml is made anew by this. One that is set: give every node the new one as',
    'WARREN_SECRET_KEY and the old one as WARREN_SECRET_KEY_PREVIOUS, restart them one by one, then run this once.',
    'Nobody is signed out. Interrupted, it goes on when it is run again.',
  ],
  async run({ io, settings }) {
    const { config } = settings()
    const { settle_ms: settleMs, is_first: isFirst } = await act(config, 'begin_rotation', {})
    await Bun.sleep(settleMs) // every node notices that the new key seals now
    let resealed = 0
    let last = await resealAll(config)
    while (last.resealed > 0) {
      resealed += last.resealed
      last = await resealAll(config)
    }
    await act(config, 'finish_rotation', {})
    io.err(`Sealed anew: ${resealed}. Nothing is left under the old key.`)
    if (last.closed > 0) io.err(`Under a key that nobody gave, and left as it is: ${last.closed}.`)
    if (config.secretKeyPrevious !== null) {
      const what =
        isFirst || resealed > 0
          ? 'Run this once more, for a node that slept meanwhile. When it says 0, take'
          : 'Now take'
      io.err(`${what} WARREN_SECRET_KEY_PREVIOUS away from every node.`)
    }
    return EXIT.ok
  },
}

/** From the first row to the last. */
async function resealAll(config: Config): Promise<{ resealed: number; closed: number }> {
  const total = { resealed: 0, closed: 0 }
  let from: RotationPlace | null = null
  do {
    const step: Awaited<ReturnType<typeof resealSome>> = await resealSome(config, from)
    total.resealed += step.resealed
    total.closed += step.closed
    from = step.next
  } while (from !== null)
  return total
}

const resealSome = (config: Config, from: RotationPlace | null) => act(config, 'reseal_some', { from })
