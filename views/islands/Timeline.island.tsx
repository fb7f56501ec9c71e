/** @jsxImportSource preact */
import { ConnectionBar } from './ConnectionBar.tsx'
import { ActsProvider, HereProvider, Icon, useHere, usePlace } from './kit.ts'
import { MessageList } from './MessageList.tsx'
import type { TimelineProps } from './props.ts'
import { useTimeline } from './useTimeline.ts'

/** What was said in a chat: drawn by the server, then kept alive by the store. */
export function Timeline(props: TimelineProps) {
  const here = usePlace(props.place)
  return (
    <HereProvider value={here}>
      <Conversation key={props.chat.id} {...props} />
    </HereProvider>
  )
}

function Conversation(props: TimelineProps) {
  const { words, alive } = useHere()
  const { talk, view, isAway, onScroll, acts, layers, look, handlers, toEnd } = useTimeline(props)
  const { rows } = talk
  return (
    <ActsProvider value={acts}>
      {alive && <ConnectionBar />}
      <div class="timeline" id="messages" tabIndex={-1} ref={view} onScroll={onScroll}>
        <section class="timeline-list" aria-label={words.timeline.label} {...handlers}>
          {!talk.isAtStart && (
            <More
              to={`?before=${rows[0]?.seq ?? ''}`}
              label={words.timeline.older}
              onClick={talk.loadOlder}
            />
          )}
          <MessageList talk={talk} look={look} />
          {!talk.isAtEnd && (
            <More
              to={`?after=${rows.at(-1)?.seq ?? ''}`}
              label={words.timeline.newer}
              onClick={talk.loadNewer}
            />
          )}
        </section>
      </div>
      {alive && (isAway || !talk.isAtEnd) && (
        <ToLatest unread={talk.chat.me?.unread ?? 0} onClick={() => void toEnd()} />
      )}
      {layers}
    </ActsProvider>
  )
}

/** Further up or down: a link without JavaScript, and loaded in place with it. */
function More({ to, label, onClick }: { to: string; label: string; onClick(): void }) {
  const click = (event: Event): void => {
    event.preventDefault()
    onClick()
  }
  return (
    <p class="timeline-more">
      <a class="button small" href={to} onClick={click}>
        {label}
      </a>
    </p>
  )
}

function ToLatest({ unread, onClick }: { unread: number; onClick(): void }) {
  const { words, count } = useHere()
  return (
    <div class="latest">
      <button class="jump-down" type="button" onClick={onClick}>
        <Icon name="down" />
        {unread > 0 ? count(words.timeline.latestNew, unread) : words.timeline.latest}
      </button>
    </div>
  )
}
