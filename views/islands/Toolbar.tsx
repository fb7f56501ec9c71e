/** @jsxImportSource preact */
import type { MessageWire } from '../../src/client/index.ts'
import { Icon, may, useActs, useHere } from './kit.ts'

/** Nearest at hand; the rest is one press further. */
export const QUICK = ['👍', '🎉', '👀']

/** The tools of the message that has the pointer or the focus. */
export function Toolbar({ row }: { row: MessageWire }) {
  const { words, fill } = useHere()
  const { chat, react, pickEmoji, reply, openMenu } = useActs()
  return (
    <div class="message-actions" role="toolbar" aria-label={words.message.actions}>
      {may.react(chat, row) && (
        <>
          {QUICK.map((emoji) => (
            <button
              key={emoji}
              class="icon-button"
              type="button"
              aria-label={fill(words.message.react, { emoji })}
              onClick={() => react(row, emoji)}
            >
              <span class="emoji" aria-hidden="true">
                {emoji}
              </span>
            </button>
          ))}
          <button
            class="icon-button"
            type="button"
            aria-label={words.message.addReaction}
            onClick={(event) => pickEmoji(row, event.currentTarget)}
          >
            <Icon name="react" />
          </button>
          <hr />
        </>
      )}
      {may.reply(chat, row) && (
        <button class="icon-button" type="button" aria-label={words.message.reply} onClick={() => reply(row)}>
          <Icon name="reply" turns />
        </button>
      )}
      <button
        class="icon-button"
        type="button"
        aria-label={words.message.more}
        aria-haspopup="menu"
        onClick={(event) => openMenu(row, event.currentTarget)}
      >
        <Icon name="more" />
      </button>
    </div>
  )
}
