/** @jsxImportSource preact */
import type { MessageWire, SystemWire } from '../../src/client/index.ts'
import { Icon, nameOf, useActs, useHere } from './kit.ts'

const ICONS: Record<SystemWire['event'], string> = {
  member_joined: 'person',
  member_left: 'leave',
  member_added: 'person',
  member_removed: 'leave',
  chat_renamed: 'edit',
  topic_changed: 'edit',
  role_changed: 'shield',
  archived: 'archive',
  unarchived: 'archive',
}

/** A later Warren may tell of what this page has no words for: its own English says it, and the chat stays (S-28). */
const isKnown = (system: SystemWire | null): system is SystemWire =>
  system !== null && Object.hasOwn(ICONS, system.event)

/** What happened to the chat, in words. */
export function SystemLine({ row, isTabStop }: { row: MessageWire; isTabStop: boolean }) {
  const { dates } = useHere()
  const sentence = useSentence(row)
  return (
    <p class="event" id={`m-${row.id}`} data-id={row.id} data-seq={row.seq} tabIndex={isTabStop ? 0 : -1}>
      <Icon name={isKnown(row.system) ? ICONS[row.system.event] : 'info'} />
      <span dir="auto">
        {sentence} · <time dateTime={row.created_at}>{dates.time(row.created_at)}</time>
      </span>
    </p>
  )
}

function useSentence(row: MessageWire): string {
  const { words, fill, locale } = useHere()
  const { person } = useActs()
  const { system } = row
  if (!isKnown(system)) return row.content
  const name = (id: string): string =>
    nameOf(id === row.sender_id ? row.sender : person(id)) || nameOf(person(id)) || words.message.unknown
  const { event, value } = system
  const role = value !== null && Object.hasOwn(words.role, value) ? words.role[value as 'member'] : value
  const key = event === 'topic_changed' && (value ?? '') === '' ? 'topic_removed' : event
  return fill(words.event[key], {
    actor: name(system.actor_id),
    users: new Intl.ListFormat(locale).format(system.user_ids.map(name)),
    value: (event === 'role_changed' ? role : value) ?? '',
  })
}
