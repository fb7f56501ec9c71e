import { effect } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import { connection, notify, visit } from '../../src/client/index.ts'
import { go } from './go.ts'
import { useHere } from './kit.ts'

/** What htmx tells of a request that failed, as far as it is read here. */
interface Failed {
  target: Element | null
  request: { method: string; action: string }
  response?: { status: number }
}

/** A screen that was asked for while there was no connection: where one was then, and how one goes there. */
interface Wish {
  from: string
  open(): void
}

const PROBE_MS = 10_000

/**
 * Without a connection one stays where one is and is told so; the last screen one wished for opens when the connection
 * is back, unless one has gone on or begun to write. So one stays when Warren refuses for now: the page that says so would
 * take the place of a form that is filled in, and of what sends the messages that wait.
 */
export function useLaterWish(): void {
  const { words } = useHere()
  useLayoutEffect(() => {
    let wish: Wish | null = null
    const wait = (open: () => void): void => {
      wish = { from: location.href, open }
      notify(words.connection.opensLater)
    }
    const failed = (event: Event): void => {
      const { ctx } = (event as CustomEvent<{ ctx?: Failed }>).detail
      if (ctx === undefined || ctx.response !== undefined) return
      const { method, action } = ctx.request
      if (method === 'GET' && ctx.target?.id === 'app') wait(() => visit(go(action)))
      else notify(words.connection.tryLater, true)
    }
    const refused = (event: Event): void => {
      const { ctx } = (event as CustomEvent<{ ctx: Failed }>).detail
      if (ctx.response?.status !== 503) return
      event.preventDefault()
      notify(words.connection.notNow, true)
    }
    const click = (event: MouseEvent): void => {
      const link = plainLinkOf(event)
      if (link === null || (navigator.onLine && connection.peek().state === 'live')) return
      event.preventDefault() // the browser would put a page of its own in the place of ours
      const open = (): void => location.assign(link.href)
      void isThere(link.href).then((there) => (there ? open() : wait(open)))
    }
    const forget = (): void => {
      wish = null
    }
    const listening = new AbortController()
    const how = { signal: listening.signal }
    document.addEventListener('htmx:error', failed, how)
    document.addEventListener('htmx:before:response', refused, how)
    addEventListener('click', click, how)
    addEventListener('input', forget, how)
    const fulfil = (): void => {
      if (connection.value.state !== 'live' || wish === null) return
      const { from, open } = wish
      wish = null
      if (from === location.href) open()
    }
    addEventListener('online', fulfil, how)
    const stop = effect(fulfil)
    return () => {
      listening.abort()
      stop()
    }
  }, [words])
}

/** A link that nothing on the page has taken care of, to another page of ours in this window. */
function plainLinkOf(event: MouseEvent): HTMLAnchorElement | null {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href]') : null
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
  if (link === null || event.defaultPrevented || !isPlain) return null
  const isHere = link.origin === location.origin && link.target === '' && !link.hasAttribute('download')
  const isPart = link.hash !== '' && link.pathname + link.search === location.pathname + location.search
  return isHere && !isPart ? link : null
}

/** Any answer will do: the node may be on this machine, where no network is needed. */
const isThere = (url: string): Promise<boolean> =>
  fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) }).then(
    () => true,
    () => false,
  )
