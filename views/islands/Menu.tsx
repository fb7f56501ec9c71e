/** @jsxImportSource preact */
import { Floating } from './Floating.tsx'
import { Icon, may, useHere } from './kit.ts'
import type { PartProps } from './Layers.tsx'
import { QUICK } from './Toolbar.tsx'

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

/** What can be done to a message; on a phone a sheet at the lower edge, where the thumb is. */
export function Menu(props: PartProps) {
  const { words, place } = useHere()
  const { row, acts, at, onClose } = props
  const then = thenOf(onClose)
  const isSheet = matchMedia('(width < 44rem)').matches
  return (
    <Floating
      at={at}
      class={isSheet ? 'menu sheet' : 'menu'}
      isSheet={isSheet}
      role="menu"
      label={words.message.actions}
      onClose={onClose}
    >
      {may.react(acts.chat, row) && matchMedia('(pointer: coarse)').matches && <Quick {...props} />}
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

const thenOf = (onClose: () => void) => (act: () => void) => () => {
  onClose()
  act()
}

/** For fingers, which have no toolbar to hover over. */
function Quick({ row, acts, at, onClose }: PartProps) {
  const { words, fill } = useHere()
  const then = thenOf(onClose)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of a menu, not of a form
    <div class="quick" role="group" aria-label={words.emoji.title}>
      {[...QUICK, '❤️', '✅'].map((emoji) => (
        <button
          key={emoji}
          role="menuitem"
          type="button"
          aria-label={fill(words.message.react, { emoji })}
          onClick={then(() => acts.react(row, emoji))}
        >
          <span class="emoji" aria-hidden="true">
            {emoji}
          </span>
        </button>
      ))}
      <button
        role="menuitem"
        type="button"
        aria-label={words.message.addReaction}
        onClick={then(() => acts.pickEmoji(row, document.getElementById(`m-${row.id}`) ?? at))}
      >
        <Icon name="react" />
      </button>
    </div>
  )
}
