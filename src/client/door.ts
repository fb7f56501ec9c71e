/** Where this browser is being signed out, if it is. */
let leaving: 'here' | 'in another tab' | null = null

let isWatched = false

/** On a later call of a page it is done already. */
export function watchDoor(): void {
  if (isWatched) return
  isWatched = true
  const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('warren-door') : null
  if (tabs !== null)
    tabs.onmessage = () => {
      leaving = 'in another tab'
    }
  addEventListener('submit', ({ target }) => {
    if (!(target instanceof HTMLFormElement) || target.getAttribute('action') !== '/logout') return
    leaving = 'here'
    tabs?.postMessage('leaving')
  })
}

/** To the door, which says why the session is over: signed out in this browser, or ended by somebody else. */
export function goToDoor(signInUrl: string): void {
  if (leaving === 'here') return // its answer takes the cookies away, and leads to the door by itself
  location.assign(`${signInUrl}?after=${leaving === null ? 'ended' : 'signedOut'}`)
}
