import { useRef } from 'preact/hooks'
import type { Acts } from './kit.ts'
import type { Talk } from './useConversation.ts'

const LONG_MS = 500
/** A finger that stays still trembles so far. */
const STILL_PX = 10

/** The message that something happened in. */
export const lineOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-id]') : null

/** The menu by the other button, or by a finger that stays: some phones say `contextmenu` then, others nothing. */
export function useMenuPress(talk: Talk, acts: Acts) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const began = useRef<{ x: number; y: number } | null>(null)
  const stop = (): void => clearTimeout(timer.current)

  function openAt(event: MouseEvent): boolean {
    const row = talk.rows.find(({ id }) => id === lineOf(event.target)?.dataset.id)
    const hasOwnMenu = event.target instanceof Element && event.target.closest('a, img, textarea') !== null
    const isSelecting = getSelection()?.isCollapsed === false
    if (row === undefined || row.kind === 'system' || hasOwnMenu || isSelecting) return false
    acts.openMenu(row, { x: event.clientX, y: event.clientY })
    return true
  }

  return {
    onPointerDown: (event: PointerEvent) => {
      stop()
      began.current = { x: event.clientX, y: event.clientY }
      if (event.pointerType !== 'touch') return
      timer.current = setTimeout(() => openAt(event) && ignoreRelease(), LONG_MS)
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      const { x, y } = began.current ?? { x: clientX, y: clientY }
      if (Math.hypot(clientX - x, clientY - y) > STILL_PX) stop()
    },
    onPointerUp: stop,
    onPointerCancel: stop,
    onContextMenu: (event: MouseEvent) => {
      stop()
      if (openAt(event)) event.preventDefault()
    },
  }
}

/** The finger that opened the menu is lifted where it was: that is no tap on what lies there. */
function ignoreRelease(): void {
  const over = new AbortController()
  const how = { signal: over.signal, capture: true }
  addEventListener('pointerdown', () => over.abort(), how)
  addEventListener(
    'click',
    (event) => {
      event.preventDefault()
      event.stopPropagation()
      over.abort()
    },
    how,
  )
}
