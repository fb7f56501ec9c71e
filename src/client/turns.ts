/** The part of Web Locks that turns are taken with. */
export type Locks = Pick<LockManager, 'request'>

export interface Turns {
  /** Waits behind the page whose turn it is. */
  wait(): void
  /** This page came to the front: its turn from now on, whoever had it. */
  take(): void
}

/**
 * One page of a browser at a time has the turn; `set` hears when this one gets and when it loses it. What a browser
 * says of an earlier request may come after what it says of a later one: only the last request is listened to.
 */
export function openTurns(locks: Locks, name: string, set: (isOurs: boolean) => void): Turns {
  let last = new AbortController()
  let isOurs = false // also while it is being taken: asked again, a page would take the lock from itself

  const request = (steal: boolean): void => {
    last.abort() // nobody waits twice
    const mine = new AbortController()
    last = mine
    isOurs = steal
    const held = locks.request(name, steal ? { steal } : { signal: mine.signal }, () => {
      if (mine !== last) return undefined
      isOurs = true
      set(true)
      return new Promise<never>(() => undefined)
    })
    held.catch((error: Error) => {
      if (mine !== last) return
      isOurs = error.name !== 'AbortError' // no locks are to be had here: every page sends
      set(isOurs)
      if (!isOurs) request(false) // another page has taken over: wait behind it
    })
  }

  return {
    wait: () => request(false),
    take: () => {
      if (!isOurs) request(true)
    },
  }
}
