import { useLayoutEffect } from 'preact/hooks'
import { markChatRead, openChat } from '../../src/client/index.ts'
import { isComposing } from './kit.ts'

/** In the order in which F6 goes through them. */
const REGIONS = ['.sidebar', '.chat-head', '.timeline', '#composer', '.panel']

/** The stop of a list first, else what Tab would reach. */
const FOCUSABLE = [
  '[data-id][tabindex="0"]', // before the links of a message under the pointer, which have no keys
  '[tabindex="0"]',
  ':is(textarea, input, a[href], button):not([tabindex="-1"], [type="hidden"], :disabled)',
]

/** What lies over the page and has keys of its own; a tooltip has no role. */
const OVER = 'dialog[open], [role]:popover-open'

type Open = (what: 'switcher' | 'keys') => void

const EDITABLE = 'input, textarea, select, [contenteditable]'

/** The keys that act anywhere on the page, from the moment that it says it is alive: an effect would wait for a frame. */
export function useShortcuts(open: Open): void {
  useLayoutEffect(() => {
    const lastIn = new Map<string, HTMLElement>()
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isComposing(event)) return
      if (actOn(event, open, lastIn)) event.preventDefault()
    }
    const remember = ({ target }: FocusEvent): void => {
      const region = REGIONS.find((one) => target instanceof Element && target.closest(one) !== null)
      if (region !== undefined && target instanceof HTMLElement) lastIn.set(region, target)
    }
    const click = (event: MouseEvent): void => {
      const opens = event.target instanceof Element && event.target.closest('[data-switcher]') !== null
      if (!opens) return
      event.preventDefault()
      open('switcher')
    }
    addEventListener('keydown', press)
    addEventListener('focusin', remember)
    addEventListener('click', click)
    return () => {
      removeEventListener('keydown', press)
      removeEventListener('focusin', remember)
      removeEventListener('click', click)
    }
  }, [])
}

function actOn(event: KeyboardEvent, open: Open, lastIn: Map<string, HTMLElement>): boolean {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = event
  if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === 'k') {
    open('switcher')
    return true
  }
  if (altKey && (key === 'ArrowUp' || key === 'ArrowDown'))
    return toNeighbour(key === 'ArrowUp' ? -1 : 1, shiftKey)
  if (key === 'F6') return toRegion(shiftKey ? -1 : 1, lastIn)
  if (document.querySelector(OVER) !== null) return false
  const isFree = !(event.target instanceof Element) || event.target.closest(EDITABLE) === null
  if (isHelpKey(event, isFree)) {
    open('keys')
    return true
  }
  // Who types where nothing can be written means the composer: there the letter goes, once that has the focus.
  if (isFree && key.length === 1 && key !== ' ' && !altKey && !ctrlKey && !metaKey)
    document.querySelector<HTMLElement>('#composer textarea')?.focus()
  if (key === 'Escape' && !shiftKey) {
    const chatId = openChat.peek()
    if (chatId !== null) void markChatRead(chatId).catch(() => undefined)
    return chatId !== null
  }
  return false
}

/** By its place where another alphabet is on it. */
const isHelpKey = ({ key, code, altKey, ctrlKey, metaKey }: KeyboardEvent, isFree: boolean): boolean =>
  ctrlKey || metaKey ? !altKey && (key === '/' || code === 'Slash') : key === '?' && isFree

/** The chat above or below in the sidebar; with shift the next unread one. */
function toNeighbour(step: number, isUnread: boolean): boolean {
  const all = [...document.querySelectorAll<HTMLElement>('.sidebar-row.chat')]
  const at = all.findIndex((row) => row.hasAttribute('aria-current'))
  const rest = step > 0 ? all.slice(at + 1) : all.slice(0, Math.max(at, 0)).reverse()
  const next = isUnread ? rest.find((row) => row.classList.contains('unread')) : rest[0]
  next?.click()
  return true
}

function toRegion(step: number, lastIn: Map<string, HTMLElement>): boolean {
  const here = REGIONS.filter((region) => document.querySelector(region) !== null)
  const at = here.findIndex((region) => document.activeElement?.closest(region) != null)
  const region = here[(at + step + here.length) % here.length]
  if (region === undefined) return false
  const last = lastIn.get(region)
  const target = last?.checkVisibility() ? last : firstIn(region)
  target?.focus()
  return true
}

function firstIn(region: string): HTMLElement | undefined {
  const inside = document.querySelector(region)
  const all = FOCUSABLE.flatMap((form) => [...(inside?.querySelectorAll<HTMLElement>(form) ?? [])])
  return all.find((element) => element.checkVisibility())
}
