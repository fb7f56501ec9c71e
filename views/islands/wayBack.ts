/**
 * Back and forward are a morph like every other way between screens: the sidebar, what one writes and where one reads
 * stay. Of itself htmx draws everything anew there.
 */
export function easeWayBack(): () => void {
  let asking = new AbortController()
  const restore = (event: Event): void => {
    const { htmx } = window
    if (htmx === undefined) return
    event.preventDefault()
    // An error page stands in the place of the app: there is nothing to morph into what was.
    if (document.getElementById('app') === null) return location.reload()
    asking.abort() // whoever goes back twice wants the second page; htmx would have it wait for the first
    asking = new AbortController()
    const { signal } = asking
    const abort = asking.abort.bind(asking)
    const headers = { 'HX-Request': 'true', 'HX-History-Restore-Request': 'true' }
    void htmx.ajax('GET', location.pathname + location.search, {
      target: '#app',
      select: '#app',
      swap: 'outerMorph',
      request: { headers, signal, abort },
    })
  }
  document.addEventListener('htmx:before:history:restore', restore)
  return () => document.removeEventListener('htmx:before:history:restore', restore)
}
