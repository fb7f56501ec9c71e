/** Lets so many pieces of work in at once; the rest waits in the order in which it came. `work` never rejects. */
export function createGate(most: number): (work: () => Promise<void>) => void {
  const waiting: (() => Promise<void>)[] = []
  let inside = 0
  const letIn = (): void => {
    if (inside >= most) return
    const work = waiting.shift()
    if (work === undefined) return
    inside++
    // Catches everything.
    void work().finally(() => {
      inside--
      letIn()
    })
  }
  return (work) => {
    waiting.push(work)
    letIn()
  }
}
