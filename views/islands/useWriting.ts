import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import {
  type ChatWire,
  chatSignal,
  draftOf,
  drafts,
  editing,
  keepDraft,
  type MemberWire,
  ownLast,
  tellTyping,
  tellTypingOver,
  theOutbox,
} from '../../src/client/index.ts'
import { fill } from '../../src/texts/fill.ts'
import { isComposing, isSendKey, isTouch, useHere } from './kit.ts'
import { useMentions } from './useMentions.ts'

/** As the protocol has it, in code points. */
const MOST = 16_000

/** Calling more people than this asks first. */
const CROWD = 30

const lengthOf = (text: string): number => [...text].length

/** The text field of a chat: its draft, its keys, and the way into the outbox. */
export function useWriting(given: ChatWire, members: MemberWire[], cameBack?: string) {
  const { place, alive, words } = useHere()
  const chat = (alive ? chatSignal(given.id).value?.chat : undefined) ?? given
  const chatId = given.id
  const field = useRef<HTMLTextAreaElement>(null)
  const me = place.me.id
  const draft = alive ? drafts.value.get(chatId) : undefined
  const mentions = useMentions({ field, chatId, members, onChange: keepText })

  useLayoutEffect(() => {
    if (cameBack !== undefined && draftOf(chatId).text === '') keepDraft(me, chatId, { text: cameBack })
  }, [])
  useShownDraft(field, alive ? (draft?.text ?? '') : null)

  function keepText(): void {
    const text = field.current?.value ?? ''
    keepDraft(me, chatId, { text })
    if (text.trim() === '') tellTypingOver(chatId)
    else tellTyping(chatId)
  }

  async function send(): Promise<void> {
    const content = field.current?.value ?? ''
    if (
      content.trim() === '' ||
      lengthOf(content) > MOST ||
      !isMeant(content, chat.member_count, words.composer.mentionMany)
    )
      return
    const { replyTo } = draftOf(chatId)
    keepDraft(me, chatId, { text: '', replyTo: null })
    tellTypingOver(chatId)
    await theOutbox()?.add({ chat_id: chatId, content, reply_to: replyTo })
  }

  function submit(event: Event): void {
    if (theOutbox() === null) return // not alive yet: the form goes the plain way
    event.preventDefault()
    void send()
    field.current?.focus()
  }

  function press(event: KeyboardEvent): void {
    if (isComposing(event) || mentions.press(event)) return
    const isEmpty = field.current?.value === ''
    const last = event.key === 'ArrowUp' && isEmpty ? ownLast(chatId) : undefined
    if (isSendKey(event)) submit(event)
    else if (last !== undefined && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      editing.value = last.id
    } else if (event.key === 'Escape' && draftOf(chatId).replyTo !== null) {
      event.stopPropagation()
      keepDraft(me, chatId, { replyTo: null })
    }
  }

  function input(): void {
    if (field.current !== null) grow(field.current)
    keepText()
    mentions.look()
  }

  const handlers = { onInput: input, onKeyDown: press, onClick: mentions.look, onBlur: mentions.close }
  const text = draft?.text ?? ''
  const excess = lengthOf(text) - MOST
  return { chat, field, handlers, submit, mentions, replyTo: draft?.replyTo ?? null, excess, text }
}

/** Where `field-sizing` is unknown the height follows the text by hand; the style sheet holds its bounds. */
function grow(field: HTMLTextAreaElement): void {
  field.form?.classList.toggle('tall', field.value.includes('\n') || field.value.length > 60)
  if (CSS.supports('field-sizing', 'content')) return
  field.style.blockSize = 'auto'
  field.style.blockSize = `${field.scrollHeight}px`
}

/** What was begun comes back, and so does what was taken back; on a desk one can write at once. */
function useShownDraft(field: RefObject<HTMLTextAreaElement | null>, text: string | null): void {
  useLayoutEffect(() => {
    const { current } = field
    if (current === null) return
    if (text !== null && current.value !== text) current.value = text
    grow(current)
  }, [text])

  // Its code may come late, and an effect waits for a frame: by then somebody may have gone on with the keys.
  useLayoutEffect(() => {
    const isFree = document.activeElement === null || document.activeElement === document.body
    const mayWrite = !isTouch() && !location.search.includes('message=')
    if (isFree && mayWrite) field.current?.focus({ preventScroll: true })
  }, [])
}

/** Before a crowd is called, one is asked. */
function isMeant(content: string, count: number, question: string): boolean {
  const isCall = /(^|[\s([{])@(channel|here)\b/.test(content)
  return !isCall || count <= CROWD || confirm(fill(question, { count }))
}
