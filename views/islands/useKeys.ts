import type { RefObject } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { MessageWire } from '../../src/client/index.ts'
import type { Acts } from './kit.ts'
import type { Talk } from './useConversation.ts'
import { lineOf, useMenuPress } from './useMenuPress.ts'

interface Needs {
  view: RefObject<HTMLDivElement | null>
  talk: Talk
  acts: Acts
}

/** The list is one stop of Tab: arrows move in it, Enter goes into a message, letters act on it, from its tools too. */
export function useKeys({ view, talk, acts }: Needs) {
  const [active, setActive] = useState<string | null>(null)
  const [tabStop, setTabStop] = useState<string | null>(null)

  function move(from: HTMLElement, steps: number): void {
    const all = [...(view.current?.querySelectorAll<HTMLElement>('[data-id]') ?? [])]
    const at = all.indexOf(from) + steps
    all[Math.max(0, Math.min(all.length - 1, at))]?.focus()
  }

  function press(event: KeyboardEvent): void {
    const line = lineOf(event.target)
    if (line === null || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.target !== line && event.key === 'Escape') return stop(event, () => line.focus())
    const isOwnKey = event.target !== line && (event.key === 'Enter' || isWriting(event.target))
    if (isOwnKey) return
    const row = talk.rows.find(({ id }) => id === line.dataset.id)
    const work = row === undefined ? undefined : workOf(event.key, line, row)
    if (work !== undefined) stop(event, work)
  }

  function workOf(key: string, line: HTMLElement, row: MessageWire): (() => void) | undefined {
    if (key === 'ArrowDown') return () => move(line, 1)
    if (key === 'ArrowUp') return () => move(line, -1)
    if (key === 'Home') return () => move(line, -talk.rows.length)
    if (key === 'End') return () => move(line, talk.rows.length)
    if (key === 'Enter') return () => requestAnimationFrame(() => enter(line))
    if (row.kind === 'system') return undefined
    if (key === 'ContextMenu') return () => acts.openMenu(row, line)
    if (key === 'Delete') return () => acts.remove(row)
    const letters: Record<string, () => void> = {
      r: () => acts.reply(row),
      a: () => acts.pickEmoji(row, line),
      e: () => acts.edit(row),
      p: () => acts.pin(row),
      c: () => acts.copyLink(row),
      u: () => acts.markUnread(row),
    }
    return letters[key.toLowerCase()]
  }

  const menu = useMenuPress(talk, acts)
  const handlers = {
    onKeyDown: press,
    onFocusCapture: (event: FocusEvent) => {
      const id = lineOf(event.target)?.dataset.id ?? null
      setActive(id)
      if (id !== null) setTabStop(id)
    },
    onPointerOver: (event: PointerEvent) => {
      if (event.pointerType === 'mouse') setActive(lineOf(event.target)?.dataset.id ?? null)
    },
    onPointerLeave: () => setActive(null),
    ...menu,
  }
  return useMemo(() => ({ active, tabStop, handlers }), [active, tabStop, talk.rows, acts])
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('form') !== null

function stop(event: Event, work: () => void): void {
  event.preventDefault()
  event.stopPropagation()
  work()
}

/** Its tools first, which may only just have been drawn. */
function enter(line: HTMLElement): void {
  const inside =
    line.querySelector<HTMLElement>('.message-actions button') ?? line.querySelector<HTMLElement>('a, button')
  inside?.focus()
}
