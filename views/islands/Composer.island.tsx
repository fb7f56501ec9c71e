/** @jsxImportSource preact */
import { HereProvider, Icon, spokenTitleOf, useHere, usePlace } from './kit.ts'
import { MentionList } from './MentionList.tsx'
import type { ComposerProps } from './props.ts'
import { ReplyStrip } from './ReplyStrip.tsx'
import { TypingLine } from './TypingLine.tsx'
import { useWriting } from './useWriting.ts'

/** Where one writes. A plain form until it is alive; then it sends through the outbox. */
export function Composer(props: ComposerProps) {
  const here = usePlace(props.place)
  return (
    <HereProvider value={here}>
      <TypingLine chatId={props.chat.id} />
      <Form key={props.chat.id} {...props} />
    </HereProvider>
  )
}

function Form({ chat: given, members, clientId, refused }: ComposerProps) {
  const { words, fill, alive } = useHere()
  const { chat, field, handlers, submit, mentions, replyTo, excess, text } = useWriting(
    given,
    members,
    refused?.text,
  )
  const label = fill(words.composer.to, { name: spokenTitleOf(chat) })
  if (chat.archived_at !== null) return null
  return (
    <form
      class="composer"
      id="composer"
      aria-label={label}
      method="post"
      action={`/chats/${chat.id}/messages`}
      onSubmit={submit}
    >
      <input type="hidden" name="client_id" value={clientId} />
      {replyTo !== null && <ReplyStrip chatId={chat.id} messageId={replyTo} />}
      {excess > 0 && (
        <p class="wrong-text" role="alert">
          {fill(words.composer.tooLong, { count: excess })}
        </p>
      )}
      {refused !== undefined && (!alive || text === refused.text) && (
        <p class="wrong-text" role="alert">
          {refused.why}
        </p>
      )}
      <MentionList mentions={mentions} />
      <div class="composer-line">
        <textarea
          ref={field}
          id="message-field"
          name="content"
          defaultValue={refused?.text}
          rows={1}
          required={!alive}
          placeholder={label}
          aria-label={label}
          dir="auto"
          {...mentions.aria}
          {...handlers}
        />
        <div class="composer-row">
          {alive && (
            <button
              class="icon-button"
              type="button"
              aria-label={words.composer.mention}
              onClick={mentions.begin}
            >
              <Icon name="at" />
            </button>
          )}
          <span class="composer-gap" />
          <button class="icon-button send" type="submit" aria-label={words.composer.send}>
            <Icon name="send" turns />
          </button>
        </div>
      </div>
    </form>
  )
}
