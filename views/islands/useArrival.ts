import { useLayoutEffect } from 'preact/hooks'
import { announce } from '../../src/client/index.ts'
import { isTouch } from './kit.ts'
import { keepLastWish } from './lastWish.ts'
import { easeWayBack } from './wayBack.ts'

/** What the page shows. A panel is known by its address. */
interface Screen {
  path: string
  chat: string | null
  panel: string | null
}

/** What was touched last, that the next screen may lead back to. */
interface Left {
  link: HTMLElement | null
  form: string | null
}

const find = (selector: string): HTMLElement | null => document.querySelector<HTMLElement>(selector)

function look(): Screen {
  const { pathname: path } = location
  const chat = find('#main')?.dataset.chat ?? null
  return { path, chat, panel: find('#panel') === null ? null : path }
}

/** After htmx has drawn a screen the focus goes where it would be looked for, and the sidebar stands as it stood. */
export function useArrival(): void {
  useLayoutEffect(() => {
    let screen = look()
    let opener: HTMLElement | null = null
    let scrolled = 0
    const left: Left = { link: null, form: null }

    const arrive = (): void => {
      const before = screen
      screen = look()
      if (screen.panel !== null && before.panel === null) opener = left.link
      const list = find('#sidebar .sidebar-body')
      if (list !== null && list.scrollTop === 0) list.scrollTop = scrolled
      turnTo(before, screen, { ...left, link: opener })
    }
    const scroll = ({ target }: Event): void => {
      if (target instanceof Element && target.matches('#sidebar .sidebar-body')) scrolled = target.scrollTop
    }
    const click = ({ target }: Event): void => {
      left.link = target instanceof Element ? target.closest<HTMLElement>('a, button') : null
    }
    const submit = ({ target }: Event): void => {
      left.form = target instanceof Element ? target.id : null
    }
    const listening = new AbortController()
    const how = { signal: listening.signal, capture: true }
    addEventListener('scroll', scroll, how)
    addEventListener('click', click, how)
    addEventListener('submit', submit, how)
    document.addEventListener('htmx:finally:swap', arrive, { signal: listening.signal })
    const stops = [easeWayBack(), keepLastWish()]
    return () => {
      listening.abort()
      for (const stop of stops) stop()
    }
  }, [])
}

function turnTo(before: Screen, now: Screen, left: Left): void {
  if (now.chat !== before.chat || (now.chat === null && now.path !== before.path)) return enter(before, now)
  if (now.panel === before.panel) return stay(left)
  if (now.panel !== null) return find('#panel-title')?.focus()
  const opener = left.link?.isConnected && left.link.checkVisibility() ? left.link : null
  ;(opener ?? find('.chat-tools .icon-button'))?.focus()
}

/** Another screen is named once. One writes where one can, comes back to the chat one was in, or begins at the top. */
function enter(before: Screen, now: Screen): void {
  const title = document.title.replace(/^\(\d+\+?\) /, '')
  announce(title, () => title)
  const isLinked = location.search.includes('message=')
  const field = now.chat !== null && !isTouch() && !isLinked ? find('#composer textarea') : null
  const row =
    now.path === '/' && before.chat !== null ? find(`.sidebar-row[data-chat="${before.chat}"]`) : null
  const target = field ?? row ?? find('main h1')
  target?.focus({ preventScroll: target === field })
}

/** The same screen: what had the focus keeps it. What is gone was a form that comes back: to what is wrong in it. */
function stay({ form: id }: Left): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return
  const form = id ? document.getElementById(id) : null
  const wrong = form?.querySelector<HTMLElement>('[aria-invalid="true"]')
  const field = isTouch() ? null : form?.querySelector<HTMLElement>('input:not([type="hidden"])')
  const button = form?.querySelector<HTMLElement>('button[type="submit"]')
  const heading = find('#panel-title') ?? find('main h1')
  ;(wrong ?? field ?? button ?? heading)?.focus()
}
