/** @jsxImportSource preact */
import { chatSignal, keepDraft } from '../../src/client/index.ts'
import { Icon, messageUrl, nameOf, useHere } from './kit.ts'
import { plainOf } from './plain.ts'

const SHOWN = 200

/** What the message being written answers to. */
export function ReplyStrip({ chatId, messageId }: { chatId: string; messageId: string }) {
  const { words, fill, place } = useHere()
  const rows = chatSignal(chatId).value?.rows ?? new Map()
  const row = [...rows.values()].find(({ id }) => id === messageId)
  const name = nameOf(row?.sender ?? null) || words.message.unknown
  return (
    <div class="composer-reply">
      <Icon name="reply" turns />
      <a class="reply" href={messageUrl({ chat_id: chatId, id: messageId })}>
        <span class="reply-text" dir="auto">
          <b>{fill(words.composer.replyTo, { name })}</b>
          {plainOf(row?.content.slice(0, SHOWN) ?? '')}
        </span>
      </a>
      <button
        class="icon-button"
        type="button"
        aria-label={words.composer.cancelReply}
        onClick={() => keepDraft(place.me.id, chatId, { replyTo: null })}
      >
        <Icon name="close" small />
      </button>
    </div>
  )
}
