import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks'

/** So near to the end, what is new keeps the end in view. */
const NEAR_PX = 100
/** So near to what is not loaded, it is loaded. */
const AHEAD_PX = 1200
const MOVING_MS = 900

// The list is laid out from its end (`column-reverse`): 0 is the end, further up is negative. What is put above, or
// changes its height there, moves nothing; only what is put below has to be made up for.
export const fromEnd = (view: HTMLElement): number => -view.scrollTop
const fromStart = (view: HTMLElement): number => view.scrollHeight - view.clientHeight + view.scrollTop

/** A message and where it stood; or the end, and how high all was. */
type Hold = { element: Element; top: number } | { height: number }

interface Edges {
  /** Whether the end of what is loaded is the end of the chat. */
  isAtEnd: boolean
  onStart(): void
  onEnd(): void
}

/** Keeps what somebody looks at where it is, while messages come above and below. */
export function useScroll({ isAtEnd, onStart, onEnd }: Edges) {
  const view = useRef<HTMLDivElement>(null)
  const moving = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const [isAway, setAway] = useState(false)

  // While rendering, the page still shows what was: the first visible message is held by its place.
  const before = view.current === null ? null : holdOf(view.current, isAtEnd)
  useLayoutEffect(() => {
    const { current } = view
    if (current === null || before === null) return
    if ('height' in before) {
      if (current.scrollHeight > before.height) current.scrollTop = 0
    } else if (before.element.isConnected)
      current.scrollTop += before.element.getBoundingClientRect().top - before.top
  })

  const onScroll = useCallback(() => {
    const { current } = view
    if (current === null) return
    setAway(fromEnd(current) > current.clientHeight / 2)
    if (fromStart(current) < AHEAD_PX) onStart()
    if (fromEnd(current) < AHEAD_PX && !isAtEnd) onEnd()
    current.classList.add('moving')
    clearTimeout(moving.current)
    moving.current = setTimeout(() => current.classList.remove('moving'), MOVING_MS)
  }, [isAtEnd, onStart, onEnd])

  return { view, isAway, onScroll }
}

function holdOf(view: HTMLElement, isAtEnd: boolean): Hold | null {
  if (isAtEnd && fromEnd(view) < NEAR_PX) return { height: view.scrollHeight }
  const edge = view.getBoundingClientRect().top
  for (const element of view.querySelectorAll('[data-seq]')) {
    const { top, bottom } = element.getBoundingClientRect()
    if (bottom > edge) return { element, top }
  }
  return null
}
