/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Anchor } from './useActsHere.tsx'

const EDGE_PX = 8

/** Not in every browser, nor in the types of this one's release. */
declare const CloseWatcher: new () => EventTarget & { destroy(): void }

interface FloatingProps {
  at: Anchor
  class: string
  /** Lies at the lower edge, where its style puts it. */
  isSheet?: boolean
  role: 'menu' | 'dialog'
  label: string
  onClose(): void
  children: ComponentChildren
}

/**
 * In the top layer, beside what opened it and inside of the window; a press elsewhere, Escape or the way back of a phone
 * closes it. The browser's own closing (`popover="auto"`) would count the finger that opened it, when that is lifted.
 */
export function Floating({
  at,
  class: className,
  isSheet = false,
  role,
  label,
  onClose,
  children,
}: FloatingProps) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const { current } = box
    if (current === null) return
    const opener = document.activeElement
    current.showPopover()
    const place = (): void => (isSheet ? undefined : put(current, at))
    place()
    addEventListener('resize', place)
    current.querySelector<HTMLElement>('button')?.focus()
    const stopWatching = watchLeaving(current, onClose)
    return () => {
      stopWatching()
      removeEventListener('resize', place)
      const { activeElement } = document // what was chosen may have taken the focus elsewhere: there it stays
      const isOurs = activeElement === document.body || current.contains(activeElement)
      if (isOurs && opener instanceof HTMLElement) opener.focus()
    }
  }, [])

  function press(event: KeyboardEvent): void {
    const all = [...(box.current?.querySelectorAll<HTMLElement>('button') ?? [])]
    const steps: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }
    const step = steps[event.key]
    event.stopPropagation()
    if (step === undefined) return
    event.preventDefault()
    const next = (all.indexOf(document.activeElement as HTMLElement) + step + all.length) % all.length
    all[next]?.focus()
  }

  const named = { role, 'aria-label': label }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it is a menu or a dialog, as `role` says
    <div
      ref={box}
      class={className}
      {...named}
      popover="manual"
      onKeyDown={press}
      onContextMenu={(event) => event.preventDefault()}
    >
      {children}
    </div>
  )
}

function watchLeaving(box: HTMLElement, leave: () => void): () => void {
  const listening = new AbortController()
  const how = { signal: listening.signal, capture: true }
  const pressed = ({ target }: Event): void => {
    if (!(target instanceof Node && box.contains(target))) leave()
  }
  addEventListener('pointerdown', pressed, how)
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    leave()
  }
  addEventListener('keydown', key, how)
  const watcher = 'CloseWatcher' in window ? new CloseWatcher() : null
  watcher?.addEventListener('close', leave)
  return () => {
    listening.abort()
    watcher?.destroy()
  }
}

function put(box: HTMLElement, at: Anchor): void {
  const anchor = at instanceof Element ? at.getBoundingClientRect() : new DOMRect(at.x, at.y, 0, 0)
  const { width, height } = box.getBoundingClientRect()
  const below = anchor.bottom + height + EDGE_PX < innerHeight
  const top = below ? anchor.bottom + 4 : Math.max(EDGE_PX, anchor.top - height - 4)
  const edge = document.getElementById('messages')?.getBoundingClientRect().left ?? 0 // the lists beside stay in view
  const wanted = at instanceof Element ? anchor.right - width : anchor.left
  const left = Math.max(edge + EDGE_PX, Math.min(wanted, innerWidth - width - EDGE_PX))
  Object.assign(box.style, {
    position: 'fixed',
    inset: 'auto',
    margin: '0',
    top: `${top}px`,
    left: `${left}px`,
  })
}
