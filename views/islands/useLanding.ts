import type { RefObject } from 'preact'
import { useCallback, useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { loadAround } from '../../src/client/index.ts'
import { useHere } from './kit.ts'
import type { Talk } from './useConversation.ts'
import { fromEnd } from './useScroll.ts'

const FLASH_MS = 1500
/** The unread line comes to stand so far below the upper edge. */
const LINE_PX = 72

interface Landing {
  view: RefObject<HTMLDivElement | null>
  talk: Talk
  focus: string | null
}

/** Where a chat that was left stood, for this page's life. */
const left = new Map<string, number>()

/** Where one arrives: at the message asked for, at the unread line, where one was, or at the end. */
export function useLanding({ view, talk, focus }: Landing) {
  const { alive } = useHere()
  const [found, setFound] = useState<string | null>(null)
  const chatId = talk.chat.id

  useLayoutEffect(() => {
    const { current } = view
    if (!alive || current === null) return
    if (focus !== null) return setFound(focus)
    const line = current.querySelector('.unread-line')
    if (line !== null) settleAt(current, line)
    else if (talk.unread === null) current.scrollTop = left.get(chatId) ?? 0
    const keep = (): void => void left.set(chatId, -fromEnd(current))
    current.addEventListener('scroll', keep, { passive: true })
    return () => current.removeEventListener('scroll', keep)
  }, [alive])

  useEffect(() => {
    if (found === null) return
    document.getElementById(`m-${found}`)?.scrollIntoView({ block: 'center' })
    const timer = setTimeout(() => setFound(null), FLASH_MS)
    return () => clearTimeout(timer)
  }, [found])

  const jumpTo = useCallback(async (messageId: string) => {
    if (document.getElementById(`m-${messageId}`) === null)
      await loadAround(chatId, messageId).catch(() => undefined)
    setFound(messageId)
  }, [])
  return { found, jumpTo: (messageId: string) => void jumpTo(messageId) }
}

/** Messages out of view have a guessed height until they come near: a landing takes a few frames to be exact. */
const FRAMES = 6

function settleAt(view: HTMLElement, line: Element): void {
  let left = FRAMES
  let isTaken = false
  const take = (): void => {
    isTaken = true
  }
  const land = (): void => {
    if (isTaken || !line.isConnected) return
    landAt(view, line)
    left -= 1
    if (left > 0) requestAnimationFrame(land)
  }
  for (const type of ['wheel', 'touchstart', 'pointerdown', 'keydown'])
    addEventListener(type, take, { once: true, passive: true }) // from then on it is theirs to scroll
  land()
}

/** With more than a screen of news one lands where they begin, else at the end, where all of them are in view. */
function landAt(view: HTMLElement, line: Element): void {
  const wanted = view.getBoundingClientRect().top + LINE_PX
  view.scrollTop += line.getBoundingClientRect().top - wanted
}
