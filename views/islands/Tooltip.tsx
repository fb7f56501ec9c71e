/** @jsxImportSource preact */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { watchSigns } from './signs.ts'

const EDGE_PX = 8
const GAP_PX = 6

/** What a sign without words says, beside it. It repeats what is read out, so it is not read out itself. */
export function Tooltip() {
  const [sign, setSign] = useState<{ at: HTMLElement; says: string } | null>(null)
  const tip = useRef<HTMLDivElement>(null)
  useEffect(() => watchSigns((at, says) => setSign(at && { at, says })), [])
  useLayoutEffect(() => {
    const { current } = tip
    if (current === null || sign === null) return
    current.showPopover()
    put(current, sign.at)
    return () => current.isConnected && current.hidePopover()
  }, [sign])
  return (
    <div ref={tip} class="tooltip" popover="manual" aria-hidden="true">
      {sign?.says}
    </div>
  )
}

/** Above, or below where there is no room; beside what stands in the rail; always inside of the window. */
function put(tip: HTMLElement, at: HTMLElement): void {
  const sign = at.getBoundingClientRect()
  const { width, height } = tip.getBoundingClientRect()
  const rail = at.closest('.rail')?.getBoundingClientRect()
  const isBeside = rail !== undefined && rail.height > rail.width
  const above = sign.top - GAP_PX - height
  const top = isBeside ? sign.top + (sign.height - height) / 2 : above
  const left = isBeside ? sign.right + GAP_PX : sign.left + (sign.width - width) / 2
  tip.style.top = `${top < EDGE_PX ? sign.bottom + GAP_PX : top}px`
  tip.style.left = `${Math.max(EDGE_PX, Math.min(left, innerWidth - width - EDGE_PX))}px`
}
