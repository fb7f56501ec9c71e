/** @jsxImportSource preact */
import type { MessageWire } from '../../src/client/index.ts'
import { Icon, may, nameOf, useActs, useHere } from './kit.ts'

const NAMED = 10

/** The bar under a message: a click joins in or takes it back. */
export function Reactions({ row, isActive }: { row: MessageWire; isActive: boolean }) {
  const { words, place } = useHere()
  const { chat, react, pickEmoji } = useActs()
  const isClosed = !may.react(chat, row)
  return (
    <div class="reactions">
      {row.reactions.map((reaction) => (
        <button
          key={reaction.emoji}
          class="reaction"
          type="button"
          tabIndex={isActive ? 0 : -1}
          aria-pressed={reaction.user_ids.includes(place.me.id)}
          disabled={isClosed}
          onClick={() => react(row, reaction.emoji)}
        >
          <span class="emoji">{reaction.emoji}</span>
          <span class="count">{reaction.count}</span>
          <Who reaction={reaction} />
        </button>
      ))}
      {!isClosed && (
        <button
          class="reaction"
          type="button"
          tabIndex={isActive ? 0 : -1}
          aria-label={words.message.addReaction}
          onClick={(event) => pickEmoji(row, event.currentTarget)}
        >
          <Icon name="react" />
        </button>
      )}
    </div>
  )
}

function Who({ reaction }: { reaction: MessageWire['reactions'][number] }) {
  const { words, count, locale, place } = useHere()
  const { person } = useActs()
  const known = reaction.user_ids
    .slice(0, NAMED)
    .map((id) => (id === place.me.id ? words.message.you : nameOf(person(id))))
  const names = known.filter((name) => name !== '')
  const others = reaction.count - names.length
  const list =
    others > 0
      ? count(words.message.others, others).replace('{names}', names.join(', '))
      : new Intl.ListFormat(locale).format(names)
  return <span class="hidden-text">: {list}</span>
}
