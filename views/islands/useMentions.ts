import type { RefObject } from 'preact'
import { useState } from 'preact/hooks'
import {
  type Begun,
  begunAt,
  chats,
  complete,
  type MemberWire,
  rankMembers,
  recencyOf,
  type SenderWire,
} from '../../src/client/index.ts'
import { nameOf, type Speech, useHere } from './kit.ts'

const SHOWN = 8
export const LIST = 'mention-list'

interface Needs {
  field: RefObject<HTMLTextAreaElement | null>
  chatId: string
  members: MemberWire[]
  onChange(): void
}

interface Choice {
  name: string
  person: SenderWire | null
  note: string
}

export interface Mentions {
  choices: Choice[]
  at: number
  aria: Record<string, string>
  /** Looks whether a mention is being written at the caret. */
  look(): void
  close(): void
  /** Begins one, as if @ had been typed. */
  begin(): void
  choose(choice: Choice): void
  /** True when the key was meant for the list. */
  press(event: KeyboardEvent): boolean
}

/** Names for a word that begins with @. HTML lets no textarea be a combobox: it points at the list all the same. */
export function useMentions({ field, chatId, members, onChange }: Needs): Mentions {
  const { words, place } = useHere()
  const [begun, setBegun] = useState<Begun | null>(null)
  const [at, setAt] = useState(0)
  const choices = begun === null ? [] : choicesFor(begun.word, { chatId, members, me: place.me.id, words })
  const isOpen = choices.length > 0

  function look(): void {
    const { current } = field
    const found = current === null ? null : begunAt(current.value, current.selectionStart)
    setBegun(found)
    setAt(0)
  }

  function choose({ name }: Choice): void {
    const { current } = field
    if (current === null || begun === null) return
    const done = complete(current.value, current.selectionStart, begun, name)
    current.value = done.text
    current.setSelectionRange(done.caret, done.caret)
    setBegun(null)
    onChange()
  }

  function begin(): void {
    const { current } = field
    if (current === null) return
    const isAfterWord = /\S$/.test(current.value.slice(0, current.selectionStart))
    current.focus()
    current.setRangeText(isAfterWord ? ' @' : '@', current.selectionStart, current.selectionEnd, 'end')
    onChange()
    look()
  }

  function press(event: KeyboardEvent): boolean {
    if (!isOpen) return false
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const choice = choices[at]
    if (step !== undefined) setAt((at + step + choices.length) % choices.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && choice !== undefined) choose(choice)
    else if (event.key === 'Escape') setBegun(null)
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  const aria: Record<string, string> = isOpen
    ? {
        'aria-autocomplete': 'list',
        'aria-haspopup': 'listbox',
        'aria-controls': LIST,
        'aria-activedescendant': `${LIST}-${at}`,
      }
    : {}
  return { choices, at, aria, look, close: () => setBegun(null), begin, choose, press }
}

interface Known {
  chatId: string
  members: MemberWire[]
  me: string
  words: Speech['words']
}

/** People first, those who spoke here lately before the others; then the two words that mean many. */
function choicesFor(word: string, { chatId, members, me, words }: Known): Choice[] {
  const state = chats.peek().get(chatId)
  const all = state !== undefined && state.members.size > 0 ? state.members.values() : members
  const recency = recencyOf(state?.rows.values() ?? [])
  const people = rankMembers(all, { word, recency, me })
  const groups = [
    { name: 'channel', person: null, note: words.composer.everybody },
    { name: 'here', person: null, note: words.composer.here },
  ]
  const named = people.map((person) => ({ name: person.username, person, note: nameOf(person) }))
  return [...named, ...groups.filter(({ name }) => name.startsWith(word))].slice(0, SHOWN)
}
