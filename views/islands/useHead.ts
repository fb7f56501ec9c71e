import { useEffect } from 'preact/hooks'
import { titleOf } from './kit.ts'
import type { Talk } from './useConversation.ts'

/** So many members come with the page: a chat that has no more is counted here. */
const ALL_KNOWN = 100

/** The head of a chat is drawn by the server; what changes in it while the page stands is written into it. */
export function useHead({ chat, members }: Talk): void {
  const inside = [...members.values()].filter(({ left_at }) => left_at === null).length
  const count = inside < ALL_KNOWN ? inside : chat.member_count
  const name = titleOf(chat)
  useEffect(() => {
    if (chat.kind === 'direct') return
    write('.member-count .count', `${count}`)
    write('h1 > span', name)
    write('.topic', chat.topic)
  }, [chat.id, name, chat.topic, count])
}

function write(part: string, text: string): void {
  const element = document.querySelector(`#chat-head ${part}`)
  if (element !== null && element.textContent !== text) element.textContent = text
}
