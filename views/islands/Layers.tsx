/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { MessageWire } from '../../src/client/index.ts'
import { type Acts, Icon, may, useHere } from './kit.ts'
import { QUICK } from './Toolbar.tsx'
import type { Anchor } from './useActsHere.tsx'

// What floats above the timeline: fetched when it is first opened.
interface Props {
  kind: 'menu' | 'emoji' | 'confirm'
  row: MessageWire
  at: Anchor
  acts: Acts
  onClose(): void
  onRemove(): void
}

export function Layers({ kind, ...props }: Props) {
  if (kind === 'menu') return <Menu {...props} />
  if (kind === 'emoji') return <Emoji {...props} />
  return <Confirm {...props} />
}

const EMOJI = [
  ...['👍', '👎', '❤️', '🎉', '👀', '🙏', '👏', '💪', '😀', '😄', '😂', '😉', '😍', '😎', '🤔', '😮'],
  ...['😢', '😡', '🔥', '⭐', '✅', '❌', '➕', '⚡', '🚀', '☕', '🎂', '🐇', '🌲', '❄️', '🔧', '💯'],
]

const EDGE_PX = 8

interface FloatingProps {
  at: Anchor
  class: string
  role: 'menu' | 'dialog'
  label: string
  onClose(): void
  children: ComponentChildren
}

/** In the top layer, beside what opened it and inside of the window; a click elsewhere or Escape closes it. */
function Floating({ at, class: className, role, label, onClose, children }: FloatingProps) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const { current } = box
    if (current === null) return
    const opener = document.activeElement
    current.showPopover()
    const place = (): void => put(current, at)
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

type PartProps = Omit<Props, 'kind'>

interface Item {
  icon: string
  label: string
  key?: string
  act(): void
}

function itemsOf({ row, acts }: PartProps, words: ReturnType<typeof useHere>['words'], me: string): Item[] {
  const { chat } = acts
  const { message } = words
  const items: (Item | false)[] = [
    may.reply(chat, row) && { icon: 'reply', label: message.reply, key: 'R', act: () => acts.reply(row) },
    may.edit(chat, row, me) && { icon: 'edit', label: message.edit, key: 'E', act: () => acts.edit(row) },
    row.content !== '' && { icon: 'copy', label: message.copyText, act: () => acts.copyText(row) },
    { icon: 'link', label: message.copyLink, key: 'C', act: () => acts.copyLink(row) },
    may.pin(chat, row) && {
      icon: 'pin',
      label: row.pinned_at === null ? message.pin : message.unpin,
      key: 'P',
      act: () => acts.pin(row),
    },
    { icon: 'eye', label: message.markUnread, key: 'U', act: () => acts.markUnread(row) },
  ]
  return items.filter((item) => item !== false)
}

function Menu(props: PartProps) {
  const { words, place, fill } = useHere()
  const { row, acts, at, onClose } = props
  const then = (act: () => void) => () => {
    onClose()
    act()
  }
  return (
    <Floating at={at} class="menu" role="menu" label={words.message.actions} onClose={onClose}>
      {may.react(acts.chat, row) &&
        matchMedia('(pointer: coarse)').matches &&
        QUICK.map((emoji) => (
          <button
            key={emoji}
            class="menu-item"
            role="menuitem"
            type="button"
            onClick={then(() => acts.react(row, emoji))}
          >
            {fill(words.message.react, { emoji })}
          </button>
        ))}
      {itemsOf(props, words, place.me.id).map(({ icon, label, key, act }) => (
        <button key={icon} class="menu-item" role="menuitem" type="button" onClick={then(act)}>
          <Icon name={icon} />
          {label}
          {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a kbd takes no focus, and is no part of the name */}
          {key !== undefined && <kbd aria-hidden="true">{key}</kbd>}
        </button>
      ))}
      {may.remove(acts.chat, row, place.me.id) && (
        <>
          <hr />
          <button
            class="menu-item danger"
            role="menuitem"
            type="button"
            onClick={then(() => acts.remove(row))}
          >
            <Icon name="trash" />
            {words.message.delete}
          </button>
        </>
      )}
    </Floating>
  )
}

function Emoji({ row, acts, at, onClose }: PartProps) {
  const { words } = useHere()
  return (
    <Floating at={at} class="popover emoji-picker" role="dialog" label={words.emoji.title} onClose={onClose}>
      <div class="emoji-grid">
        {EMOJI.map((emoji) => (
          <button
            key={emoji}
            type="button"
            aria-label={emoji}
            onClick={() => {
              onClose()
              acts.react(row, emoji)
            }}
          >
            {emoji}
          </button>
        ))}
      </div>
    </Floating>
  )
}

function Confirm({ row, onClose, onRemove }: PartProps) {
  const { words } = useHere()
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="dialog" aria-label={words.message.deleteConfirm} onClose={onClose}>
      <div class="dialog-head">
        <h2>{words.message.deleteConfirm}</h2>
      </div>
      <div class="dialog-body" dir="auto">
        {row.content.slice(0, 200)}
      </div>
      <div class="dialog-foot">
        <button class="button quiet" type="button" onClick={onClose}>
          {words.edit.cancel}
        </button>
        <button class="button danger" type="button" onClick={onRemove}>
          {words.state.delete}
        </button>
      </div>
    </dialog>
  )
}
