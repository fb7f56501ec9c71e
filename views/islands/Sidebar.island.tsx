/** @jsxImportSource preact */
import { useComputed } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import {
  type ChatWire,
  chats,
  drafts,
  isUnread,
  listOf,
  meetChat,
  meId,
  numberOf,
  openChat,
  watchPeople,
  wireLinks,
} from '../../src/client/index.ts'
import { go } from './go.ts'
import { Face, HereProvider, Icon, iconOf, nameOf, titleOf, useHere, usePlace } from './kit.ts'
import { plainOf } from './plain.ts'
import type { SidebarProps } from './props.ts'

/** The lists of chats: counters, order and previews follow what happens. */
export function Sidebar(props: SidebarProps) {
  const here = usePlace(props.place)
  return (
    <HereProvider value={here}>
      <Lists {...props} />
    </HereProvider>
  )
}

function Lists({ place, chats: given, current, sections }: SidebarProps) {
  const { alive } = useHere()
  const root = useRef<HTMLDivElement>(null)

  useLayoutEffect(() => {
    meId.value = place.me.id
    for (const chat of given) meetChat(chat)
  }, [given])

  const known = useComputed(() => [...chats.value.values()].map(({ chat }) => chat)).value
  const open = alive ? (openChat.value ?? current) : current
  const all = alive ? known : given
  const lists = sections
    .map((section) => ({ ...section, list: listOf(all, section.kind, titleOf) }))
    .filter(({ list, kind }) => list.length > 0 || kind !== 'group')
  const shown = lists.flatMap(({ list }) => list.map(({ id }) => id)).join()
  useEffect(() => {
    if (root.current !== null) wireLinks(root.current)
    const others = all.flatMap(({ kind, faces }) => (kind === 'direct' ? (faces ?? []) : []))
    watchPeople(others.map(({ id }) => id))
  }, [shown])

  return (
    <div class="sidebar-lists" ref={root}>
      {lists.map(({ kind, title, add, list }) => (
        <section key={kind}>
          <div class="sidebar-title">
            <h2>{title}</h2>
            {add !== null && (
              <a class="icon-button" {...go(add.to)} href={add.to} aria-label={add.label}>
                <Icon name="plus" small />
              </a>
            )}
          </div>
          <ul>
            {list.map((chat) => (
              <li key={chat.id}>
                <Row chat={chat} isCurrent={chat.id === open} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

function Row({ chat, isCurrent }: { chat: ChatWire; isCurrent: boolean }) {
  const { words, dates, alive } = useHere()
  const number = numberOf(chat)
  const unread = isUnread(chat)
  const hasDraft = alive && !isCurrent && drafts.value.has(chat.id)
  const at = chat.last_message?.created_at
  return (
    <a
      class={unread ? 'sidebar-row chat unread' : 'sidebar-row chat'}
      {...go(`/chats/${chat.id}`)}
      data-chat={chat.id}
      aria-current={isCurrent ? 'page' : undefined}
    >
      <span class="row-icon">
        {chat.kind === 'direct' ? (
          <Face person={chat.faces?.[0] ?? null} size="small" here />
        ) : (
          <span class="row-sign">
            <Icon name={iconOf(chat)} />
          </span>
        )}
      </span>
      <span class="row-name" dir="auto">
        {titleOf(chat)}
      </span>
      <span class="row-text" dir="auto">
        <Said chat={chat} />
      </span>
      {at !== undefined && (
        <time class="row-time" dateTime={at}>
          {dates.short(at)}
        </time>
      )}
      <span class="row-end">
        {hasDraft && <Icon name="edit" small />}
        {number > 0 && (
          <span class="badge">
            <span class="hidden-text">
              {chat.kind === 'direct' ? `${words.sidebar.unread}: ` : words.sidebar.mentions}
            </span>
            {number >= 100 ? '99+' : number}
          </span>
        )}
        {number === 0 && unread && (
          <>
            <span class="dot" />
            <span class="hidden-text">{words.sidebar.unread}</span>
          </>
        )}
      </span>
    </a>
  )
}

/** The last words of a chat, for the list on a phone. */
function Said({ chat }: { chat: ChatWire }) {
  const { words, fill, place } = useHere()
  const { last_message: last } = chat
  if (last === null || last.kind === 'system') return null
  if (last.deleted_at !== null) return <>{words.sidebar.gone}</>
  const said = plainOf(last.content.slice(0, 120))
  if (last.sender_id === place.me.id) return <>{fill(words.sidebar.you, { said })}</>
  if (chat.kind === 'direct') return <>{said}</>
  return <>{fill(words.sidebar.said, { name: nameOf(last.sender), said })}</>
}
