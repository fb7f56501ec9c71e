/** @jsxImportSource preact */
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { MessageWire } from '../../src/client/index.ts'
import { Floating } from './Floating.tsx'
import { type Acts, useHere } from './kit.ts'
import { Menu } from './Menu.tsx'
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

export type PartProps = Omit<Props, 'kind'>

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
