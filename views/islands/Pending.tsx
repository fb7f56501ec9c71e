/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks'
import { announceNow, type Entry, keepDraft, theOutbox } from '../../src/client/index.ts'
import { Face, Icon, nameOf, useHere } from './kit.ts'
import { Plain } from './Message.tsx'

/** A message that is not stored yet: plain until the server has made its markup. */
export function Pending({ entry, isFirst }: { entry: Entry; isFirst: boolean }) {
  const { words, dates, place } = useHere()
  const id = `p-${entry.client_id}`
  const time = dates.time(new Date(entry.at).toISOString())
  const isFailed = entry.state === 'failed'
  const state = !isFailed && (
    <span class="state">
      <Icon name="clock" />
      {entry.state === 'queued' ? words.state.queued : <span class="hidden-text">{words.state.sending}</span>}
    </span>
  )
  return (
    <article
      class={isFailed ? 'message' : 'message waiting'}
      id={id}
      tabIndex={-1}
      aria-labelledby={`${id}-by`}
      aria-describedby={`${id}-text`}
    >
      {isFirst ? (
        <div class="message-face">
          <Face person={place.me} />
        </div>
      ) : (
        <span class="message-hour">{time}</span>
      )}
      <div class="message-body">
        {isFirst ? (
          <header class="message-head" id={`${id}-by`}>
            <b class="author" dir="auto">
              {nameOf(place.me)}
            </b>
            <span>{time}</span>
            {state}
          </header>
        ) : (
          <span class="hidden-text" id={`${id}-by`}>
            {nameOf(place.me)}, {time}
          </span>
        )}
        <div class="message-text" id={`${id}-text`} dir="auto">
          <p>
            <Plain text={entry.content} /> {!isFirst && state}
          </p>
        </div>
        {isFailed && <Fix entry={entry} />}
      </div>
    </article>
  )
}

/** What can be done with a message the node refused. */
function Fix({ entry }: { entry: Entry }) {
  const { words, explain, place } = useHere()
  const outbox = theOutbox()
  const [why, setWhy] = useState('')
  useEffect(() => void explain(entry.reason).then(setWhy), [entry.reason])
  useEffect(() => {
    if (why !== '') announceNow(`${words.state.failed}: ${why}`)
  }, [why])

  async function takeBack(isEdited: boolean): Promise<void> {
    const taken = await outbox?.takeBack(entry.client_id)
    if (taken === undefined || !isEdited) return
    keepDraft(place.me.id, taken.chat_id, { text: taken.content, replyTo: taken.reply_to })
    document.querySelector<HTMLElement>('#composer textarea')?.focus()
  }
  return (
    <p class="message-fix">
      <span>
        <Icon name="alert" />
        {words.state.failed}
        {why !== '' && `: ${why}`}
      </span>
      <button type="button" onClick={() => void outbox?.retry(entry.client_id)}>
        {words.state.retry}
      </button>
      <button type="button" onClick={() => void takeBack(true)}>
        {words.state.edit}
      </button>
      <button type="button" onClick={() => void takeBack(false)}>
        {words.state.delete}
      </button>
    </p>
  )
}
