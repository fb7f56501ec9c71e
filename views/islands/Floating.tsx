/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Anchor } from './useActsHere.tsx'

const EDGE_PX = 8

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

/** In the top layer, beside what opened it and inside of the window; a click elsewhere or Escape closes it. */
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
    return () => {
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
      popover="auto"
      onKeyDown={press}
      onToggle={(event) => event.newState === 'closed' && onClose()}
    >
      {children}
    </div>
  )
}

function put(box: HTMLElement, at: Anchor): void {
  const anchor = at instanceof Element ? at.getBoundingClientRect() : new DOMRect(at.x, at.y, 0, 0)
  const { width, height } = box.getBoundingClientRect()
  const below = anchor.bottom + height + EDGE_PX < innerHeight
  const top = below ? anchor.bottom + 4 : Math.max(EDGE_PX, anchor.top - height - 4)
  const wanted = at instanceof Element ? anchor.right - width : anchor.left
  const left = Math.max(EDGE_PX, Math.min(wanted, innerWidth - width - EDGE_PX))
  Object.assign(box.style, {
    position: 'fixed',
    inset: 'auto',
    margin: '0',
    top: `${top}px`,
    left: `${left}px`,
  })
}
