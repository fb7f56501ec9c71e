/** @jsxImportSource preact */
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import { editing, type MessageWire } from '../../src/client/index.ts'
import { useHere } from './kit.ts'
import { isGrouped, type Line, linesOf } from './lines.ts'
import { Message, type MessageProps } from './Message.tsx'
import { Pending } from './Pending.tsx'
import type { Talk } from './useConversation.ts'

export interface Look {
  active: string | null
  tabStop: string | null
  found: string | null
}

interface Drawn {
  props: MessageProps
  node: VNode
}

/** All lines in their order, what waits at the end. A message that is as it was is not drawn again. */
export function MessageList({ talk, look }: { talk: Talk; look: Look }) {
  const { dayOf, place, alive } = useHere()
  const drawn = useRef(new Map<string, Drawn>())
  const last = talk.rows.at(-1)
  const tabStop = look.tabStop ?? last?.id ?? null
  const edited = alive ? editing.value : null

  function draw(row: MessageWire, isFirst: boolean): VNode {
    const props: MessageProps = {
      row,
      isFirst,
      isActive: look.active === row.id,
      isTabStop: tabStop === row.id,
      isEdited: edited === row.id,
      isFound: look.found === row.id,
      state: stateOf(talk, row, place.me.id),
    }
    const known = drawn.current.get(row.id)
    if (known !== undefined && isSame(known.props, props)) return known.node
    const node = <Message key={row.id} {...props} />
    drawn.current.set(row.id, { props, node })
    return node
  }

  const lines = linesOf(talk.rows, talk.unread, dayOf)
  return (
    <>
      {lines.map((line) => {
        if (line.kind === 'message' || line.kind === 'event')
          return draw(line.row, line.kind === 'event' || line.isFirst)
        return <Rule key={line.key} line={line} />
      })}
      {talk.isAtEnd &&
        talk.pending.map((entry, at) => {
          const above = at > 0 ? talk.pending[at - 1] : undefined
          const row = {
            ...last,
            sender_id: place.me.id,
            created_at: new Date(entry.at).toISOString(),
            quote: null,
          }
          const before = above
            ? { sender_id: place.me.id, created_at: new Date(above.at).toISOString() }
            : (last ?? null)
          const isFirst = last?.kind === 'system' && at === 0 ? true : !isGrouped(before, row as MessageWire)
          return <Pending key={entry.client_id} entry={entry} isFirst={isFirst} />
        })}
    </>
  )
}

const isSame = (a: MessageProps, b: MessageProps): boolean =>
  (Object.keys(a) as (keyof MessageProps)[]).every((name) => a[name] === b[name])

function stateOf(talk: Talk, row: MessageWire, me: string): 'sent' | 'read' | null {
  if (talk.readByOther === null || row.sender_id !== me || row.deleted_at !== null) return null
  return row.seq <= talk.readByOther ? 'read' : 'sent'
}

function Rule({ line }: { line: Line & { kind: 'day' | 'new' } }) {
  const { words, dates, dayOf, alive, place } = useHere()
  if (line.kind === 'new')
    return (
      // biome-ignore lint/a11y/useSemanticElements: an hr carries no word
      <div class="unread-line" role="separator" aria-label={words.timeline.newMessages}>
        <span>{words.timeline.new}</span>
      </div>
    )
  const now = alive ? Date.now() : Date.parse(place.now)
  const ago = (days: number): string => dayOf(new Date(now - days * 86_400_000).toISOString())
  const name = { [ago(0)]: words.timeline.today, [ago(1)]: words.timeline.yesterday }[line.day]
  return (
    <div class="date-line">
      <time dateTime={line.day}>{name ?? dates.day(line.at)}</time>
    </div>
  )
}
