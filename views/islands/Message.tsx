/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'
import type { MessageWire } from '../../src/client/index.ts'
import { EditBox } from './EditBox.tsx'
import { Face, Icon, messageUrl, nameOf, useActs, useHere } from './kit.ts'
import { plainOf } from './plain.ts'
import { Reactions } from './Reactions.tsx'
import { SystemLine } from './SystemLine.tsx'
import { Toolbar } from './Toolbar.tsx'

export interface MessageProps {
  row: MessageWire
  /** Stands below another of its author: no face, the hour only on hover. */
  isFirst: boolean
  /** Has the pointer or the focus: its tools are there. */
  isActive: boolean
  /** The one that Tab reaches. */
  isTabStop: boolean
  isEdited: boolean
  isFound: boolean
  /** In a direct chat: what became of my own. */
  state: 'sent' | 'read' | null
}

const isEmojiOnly = (text: string): boolean => /^(\p{RGI_Emoji}\s?){1,3}$/v.test(text)

/** One message: the same picture from the server, from history and from the socket. */
export function Message(props: MessageProps) {
  if (props.row.kind === 'system') return <SystemLine row={props.row} isTabStop={props.isTabStop} />
  return <Said {...props} />
}

function Said({ row, isFirst, isActive, isTabStop, isEdited, isFound, state }: MessageProps) {
  const { words, dates, place } = useHere()
  const id = `m-${row.id}`
  const isMention = row.mentions.some(
    (target) => target === place.me.id || target === 'channel' || target === 'here',
  )
  const look = [
    'message',
    isActive && 'active',
    isMention && row.sender_id !== place.me.id && 'mentions-me',
    isFound && 'found',
  ]
  const author = nameOf(row.sender) || words.message.unknown
  const mark = state !== null && <Sent state={state} />
  return (
    <article
      class={look.filter(Boolean).join(' ')}
      id={id}
      data-id={row.id}
      data-seq={row.seq}
      tabIndex={isTabStop ? 0 : -1}
      aria-labelledby={`${id}-by`}
      aria-describedby={`${id}-text`}
      aria-posinset={row.seq}
      aria-setsize={-1}
    >
      {isFirst ? (
        <div class="message-face">
          <Face person={row.sender} />
        </div>
      ) : (
        <time class="message-hour" dateTime={row.created_at}>
          {dates.time(row.created_at)}
        </time>
      )}
      <div class="message-body">
        {isFirst ? (
          <header class="message-head" id={`${id}-by`}>
            <a class="author" href={messageUrl(row)} tabIndex={isActive ? 0 : -1} dir="auto">
              {author}
            </a>
            <time dateTime={row.created_at} title={dates.full(row.created_at)}>
              {dates.time(row.created_at)}
            </time>
            {row.pinned_at !== null && (
              <span class="state">
                <Icon name="pin" />
                {words.message.pinned}
              </span>
            )}
            {mark}
          </header>
        ) : (
          <span class="hidden-text" id={`${id}-by`}>
            {author}, {dates.time(row.created_at)}
          </span>
        )}
        {row.quote !== null && <Quote row={row} isActive={isActive} />}
        {isEdited ? (
          <EditBox row={row} />
        ) : (
          <Text row={row} id={`${id}-text`}>
            {!isFirst && mark}
          </Text>
        )}
        {row.reactions.length > 0 && <Reactions row={row} isActive={isActive} />}
      </div>
      {isActive && !isEdited && row.deleted_at === null && <Toolbar row={row} />}
    </article>
  )
}

function Text({ row, id, children }: { row: MessageWire; id: string; children: ComponentChildren }) {
  const { words, dates } = useHere()
  if (row.deleted_at !== null)
    return (
      <p class="message-text gone" id={id}>
        {words.message.gone}
      </p>
    )
  const after = (
    <>
      {row.edited_at !== null && (
        <span class="edited" title={dates.full(row.edited_at)}>
          {words.message.edited}
        </span>
      )}
      {children}
    </>
  )
  if (row.html !== null)
    return (
      <div class="message-text" id={id} dir="auto">
        {/* Made safe once, by the server, when it was stored. */}
        <div dangerouslySetInnerHTML={{ __html: row.html }} />
        {after}
      </div>
    )
  return (
    <div class={isEmojiOnly(row.content) ? 'message-text big-emoji' : 'message-text'} id={id} dir="auto">
      <p>
        <Plain text={row.content} />
        {after}
      </p>
    </div>
  )
}

/** Text that needs no markup, line by line. */
export function Plain({ text }: { text: string }) {
  return <>{text.split('\n').flatMap((line, at) => (at === 0 ? [line] : [<br key={`${at}`} />, line]))}</>
}

function Sent({ state }: { state: 'sent' | 'read' }) {
  const { words } = useHere()
  return (
    <span class={state === 'read' ? 'state read' : 'state'}>
      <Icon name={state === 'read' ? 'checks' : 'check'} />
      <span class="hidden-text">{words.state[state]}</span>
    </span>
  )
}

function Quote({ row, isActive }: { row: MessageWire; isActive: boolean }) {
  const { words } = useHere()
  const { jumpTo, person } = useActs()
  const { quote } = row
  if (quote === null) return null
  const jump = (event: Event): void => {
    event.preventDefault()
    jumpTo(quote.message_id)
  }
  return (
    <a
      class="reply"
      href={messageUrl({ chat_id: row.chat_id, id: quote.message_id })}
      tabIndex={isActive ? 0 : -1}
      onClick={jump}
    >
      <span class="reply-text" dir="auto">
        <b>{nameOf(person(quote.sender_id)) || words.message.unknown}</b>
        {quote.deleted ? words.message.gone : plainOf(quote.excerpt)}
      </span>
    </a>
  )
}
