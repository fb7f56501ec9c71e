/** Reads of the heads that a test lets go: of each socket the first is before the upgrade, the second after `open`. */
export interface Held {
  gate(): Promise<void>
  reads: PromiseWithResolvers<void>[]
  /** Waits until the read has been asked for, from 0. */
  asked(nth: number): Promise<void>
  /** Lets all of them go. */
  release(): void
}

const AT_MOST = 8

export function holdHeads(): Held {
  const reads = Array.from({ length: AT_MOST }, () => Promise.withResolvers<void>())
  const asked = Array.from({ length: AT_MOST }, () => Promise.withResolvers<void>())
  let at = 0
  return {
    gate: () => {
      const nth = at++
      asked[nth]?.resolve()
      return reads[nth]?.promise ?? Promise.resolve()
    },
    reads,
    asked: async (nth) => asked[nth]?.promise,
    release: () => {
      for (const read of reads) read.resolve()
    },
  }
}
