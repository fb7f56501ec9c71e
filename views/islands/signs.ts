/** What is drawn instead of said. */
const SIGNS = '.icon-button[aria-label], .rail-item, .rail-home, .reaction, .member-count'
const TIP = '.tooltip'

/** So long one stays on a sign before it is explained, and so long the way over to the explanation may take. */
const STAY_MS = 400
const LEAVE_MS = 150

type Show = (at: HTMLElement | null, says: string) => void

const signAt = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>(SIGNS) : null

/** Its label, or the words that it hides; none for what says it in sight. */
function wordsOf(sign: HTMLElement): string {
  const hidden = sign.querySelector('.rail-label, .hidden-text')
  const isInSight = hidden !== null && getComputedStyle(hidden).clipPath === 'none'
  const words = sign.getAttribute('aria-label') ?? (isInSight ? '' : hidden?.textContent)
  return (words ?? '').replace(/^[\s:]+|[\s:]+$/g, '')
}

/** Says which sign a mouse stays on, or the keyboard came to. A finger has none: it would be in the way. */
export function watchSigns(show: Show): () => void {
  let at: HTMLElement | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  const later = (ms: number, work: () => void): void => {
    clearTimeout(timer)
    timer = setTimeout(work, ms)
  }
  const hide = (): void => {
    clearTimeout(timer)
    show(null, '')
  }
  const turnTo = (sign: HTMLElement | null): void => {
    if (sign === at) return
    at = sign
    if (sign === null) return later(LEAVE_MS, hide)
    hide()
    const says = wordsOf(sign)
    if (says !== '') later(STAY_MS, () => sign.isConnected && show(sign, says))
  }

  const over = ({ target, pointerType }: PointerEvent): void => {
    if (pointerType !== 'mouse') return
    if (target instanceof Element && target.closest(TIP) !== null) clearTimeout(timer)
    else turnTo(signAt(target))
  }
  const focus = ({ target }: FocusEvent): void => {
    const isByKey = target instanceof Element && target.matches(':focus-visible')
    if (isByKey && matchMedia('(hover: hover)').matches) turnTo(signAt(target))
  }
  const key = ({ key: name }: KeyboardEvent): void => {
    if (name === 'Escape') hide()
  }
  const listening = new AbortController()
  const how = { signal: listening.signal, capture: true }
  addEventListener('pointerover', over, how)
  addEventListener('focusin', focus, how)
  addEventListener('focusout', () => turnTo(null), how)
  // After what closes other layers: the first Escape is for this one.
  addEventListener('keydown', key, { signal: listening.signal })
  for (const type of ['pointerdown', 'click', 'scroll']) addEventListener(type, hide, how)
  return () => {
    clearTimeout(timer)
    listening.abort()
  }
}
