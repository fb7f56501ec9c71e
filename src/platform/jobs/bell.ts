/** Lets a loop sleep until somebody rings, or for a while. A ring between two sleeps is not lost. */
export interface Bell {
  ring(): void
  /** Forgets earlier rings: called before looking at what they rang for. */
  answer(): void
  wait(ms: number): Promise<void>
}

export function createBell(): Bell {
  let rung = false
  let wake = () => {}
  return {
    ring() {
      rung = true
      wake()
    },
    answer() {
      rung = false
    },
    wait: (ms) =>
      new Promise((resolve) => {
        if (rung) return resolve()
        const timer = setTimeout(resolve, ms)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
  }
}
