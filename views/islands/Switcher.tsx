/** @jsxImportSource preact */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import {
  type ChatWire,
  callApi,
  chats,
  fitOf,
  getJson,
  isUnread,
  markedIn,
  notify,
  numberOf,
  Refused,
  type UserWire,
  visit,
} from '../../src/client/index.ts'
import { go } from './go.ts'
import { Face, type Here, Icon, iconOf, nameOf, titleOf, useHere } from './kit.ts'
import type { Found } from './props.ts'

const SHOWN = 12
const ASK_MS = 150

type Place = { kind: 'chat'; chat: ChatWire } | { kind: 'person'; person: UserWire }

/** Jumps to a chat, a person or a public channel by a few letters. */
export function Switcher({ onClose }: { onClose(): void }) {
  const here = useHere()
  const { words } = here
  const dialog = useRef<HTMLDialogElement>(null)
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const found = useFound(typed)
  const options = useMemo(() => optionsFor(typed, found, here.place.me.id), [typed, found])

  useLayoutEffect(() => openOver(dialog.current), [])
  // Closed by itself, it gives the focus back to what opened it.
  const close = (): void => dialog.current?.close()

  async function open(place: Place | undefined): Promise<void> {
    if (place === undefined) return
    onClose()
    if (place.kind === 'chat') return visit(go(`/chats/${place.chat.id}`))
    const body = { kind: 'direct', member_ids: [place.person.id] }
    const { chat } = await callApi<{ chat: ChatWire }>('POST', '/api/chats', body)
    visit(go(`/chats/${chat.id}`))
  }
  const choose = (place: Place | undefined): void =>
    void open(place).catch((error) =>
      notify(error instanceof Refused ? words.error.general : words.connection.tryLater, true),
    )

  function press(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && options.length > 0) setAt((at + step + options.length) % options.length)
    else if (event.key === 'Enter') choose(options[at])
    else return
    event.preventDefault()
  }

  return (
    <dialog ref={dialog} class="dialog switcher" aria-label={words.switcher.title} onClose={onClose}>
      <div class="switcher-field">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-expanded={options.length > 0}
          aria-controls="found"
          aria-activedescendant={options.length > 0 ? `found-${at}` : undefined}
          aria-label={words.switcher.placeholder}
          placeholder={words.switcher.placeholder}
          autocomplete="off"
          onInput={(event) => {
            setTyped(event.currentTarget.value)
            setAt(0)
          }}
          onKeyDown={press}
        />
        <button class="icon-button" type="button" aria-label={words.switcher.close} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div class="switcher-list" id="found" role="listbox" tabIndex={-1} aria-label={words.switcher.results}>
        {options.map((place, index) => (
          <Option
            key={idOf(place)}
            place={place}
            id={`found-${index}`}
            isChosen={index === at}
            typed={typed}
            onChoose={() => choose(place)}
          />
        ))}
      </div>
      {options.length === 0 && (
        <p class="switcher-title" role="status">
          {words.switcher.none}
        </p>
      )}
      <div class="switcher-foot">
        <span>
          <kbd>↑</kbd>
          <kbd>↓</kbd> {words.switcher.choose}
        </span>
        <span>
          <kbd>↵</kbd> {words.switcher.open}
        </span>
      </div>
    </dialog>
  )
}

/** A click beside it closes it too, where the browser knows how. */
function openOver(dialog: HTMLDialogElement | null): void {
  dialog?.setAttribute('closedby', 'any')
  dialog?.showModal()
}

interface OptionProps {
  place: Place
  id: string
  isChosen: boolean
  typed: string
  onChoose(): void
}

function Option({ place, id, isChosen, typed, onChoose }: OptionProps) {
  const here = useHere()
  const option = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isChosen) option.current?.scrollIntoView({ block: 'nearest' })
  }, [isChosen])
  const chat = place.kind === 'chat' ? place.chat : null
  const unread = chat !== null && isUnread(chat)
  const number = chat === null ? 0 : numberOf(chat)
  const [before, match, after] = markedIn(titleOfPlace(place), typed)
  return (
    <div
      ref={option}
      class={unread ? 'option unread' : 'option'}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      onClick={onChoose}
      onKeyDown={(event) => event.key === 'Enter' && onChoose()}
    >
      <span class="option-icon">
        {chat !== null && chat.kind !== 'direct' ? (
          <Icon name={iconOf(chat)} />
        ) : (
          <Face
            person={place.kind === 'person' ? place.person : (chat?.faces?.[0] ?? null)}
            size="small"
            here
          />
        )}
      </span>
      <span class="option-name" dir="auto">
        {before}
        {match !== '' && <mark>{match}</mark>}
        {after}
      </span>
      <span class="option-note" dir="auto">
        {noteOf(place, here)}
      </span>
      <span class="option-end">
        {number > 0 && <span class="badge">{number}</span>}
        <kbd>↵</kbd>
      </span>
    </div>
  )
}

const idOf = (place: Place): string => (place.kind === 'chat' ? place.chat.id : place.person.id)
const titleOfPlace = (place: Place): string =>
  place.kind === 'chat' ? titleOf(place.chat) : nameOf(place.person)

function noteOf(place: Place, { words, count }: Here): string {
  if (place.kind === 'person') return `@${place.person.username}`
  const { chat } = place
  if (chat.archived_at !== null) return words.switcher.archived
  if (chat.me && chat.me.unread > 0) return count(words.switcher.unread, chat.me.unread)
  if (chat.kind === 'direct') return chat.faces?.[0] ? `@${chat.faces[0].username}` : ''
  if (chat.kind === 'group') return words.switcher.group
  return chat.visibility === 'private' ? words.switcher.private : words.switcher.channel
}

/** My chats at once; people and channels as the server finds them. */
function useFound(typed: string): Found {
  const [found, setFound] = useState<Found>({ people: [], channels: [] })
  useEffect(() => {
    let isOver = false
    const timer = setTimeout(
      async () => {
        const query = new URLSearchParams({ query: typed.trim(), limit: '50' })
        const [people, channels] = await Promise.all([
          getJson<{ data: UserWire[] }>(`/api/users?${query}`).catch(() => ({ data: [] })),
          getJson<{ data: ChatWire[] }>(`/api/channels?${query}`).catch(() => ({ data: [] })),
        ])
        if (!isOver) setFound({ people: people.data, channels: channels.data })
      },
      typed === '' ? 0 : ASK_MS,
    )
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [typed])
  return found
}

/** Unread first while nothing is typed, then by how lately something was said; else by how well the name fits. */
function optionsFor(typed: string, { people, channels }: Found, me: string): Place[] {
  const mine = [...chats.peek().values()].map(({ chat }) => chat)
  const known = new Set(mine.map(({ id }) => id))
  const met = new Set(
    mine.flatMap((chat) => (chat.kind === 'direct' ? (chat.faces ?? []).map(({ id }) => id) : [])),
  )
  const places: Place[] = [
    ...mine.map((chat) => ({ kind: 'chat' as const, chat })),
    ...people
      .filter(({ id, is_active }) => id !== me && is_active && !met.has(id))
      .map((person) => ({ kind: 'person' as const, person })),
    ...channels.filter(({ id }) => !known.has(id)).map((chat) => ({ kind: 'chat' as const, chat })),
  ]
  const names = (place: Place): string[] =>
    place.kind === 'person' ? [nameOf(place.person), place.person.username] : [titleOf(place.chat)]
  const rank = (place: Place): number => Math.max(...names(place).map((name) => fitOf(name, typed)))
  const unread = (place: Place): number => (place.kind === 'chat' && isUnread(place.chat) ? 1 : 0)
  const at = (place: Place): string =>
    place.kind === 'chat' ? (place.chat.last_message?.created_at ?? '') : ''
  return places
    .map((place) => ({ place, fit: rank(place) }))
    .filter(({ fit }) => fit > 0)
    .sort(
      (a, b) => b.fit - a.fit || unread(b.place) - unread(a.place) || (at(a.place) < at(b.place) ? 1 : -1),
    )
    .slice(0, SHOWN)
    .map(({ place }) => place)
}
