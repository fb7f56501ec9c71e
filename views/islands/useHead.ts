import { useEffect } from 'preact/hooks'
import { presence } from '../../src/client/store.ts'
import { titleOf, useHere } from './kit.ts'
import type { Talk } from './useConversation.ts'

/** So many members come with the page: a chat that has no more is counted here. */
const ALL_KNOWN = 100

/**
 * The head of a chat is drawn by the server; what changes in it while the page stands is written into it, also after a
 * panel came and the head was drawn anew.
 */
export function useHead(talk: Talk): void {
  const { words } = useHere()
  const { chat } = talk
  const other = chat.kind === 'direct' ? chat.faces?.[0] : undefined
  const state = other && presence.value.get(other.id)
  const draw = (): void => {
    // While one chat takes the place of another, the head may be the next one's already.
    if (document.querySelector<HTMLElement>('main[data-chat]')?.dataset.chat !== chat.id) return
    if (chat.kind !== 'direct') return drawRoom(talk)
    if (other === undefined || state === undefined) return
    write('.topic', `@${other.username} · ${words.presence[state]}`)
    writeSign(state === 'dnd' ? 'busy' : state)
  }
  useEffect(() => {
    draw()
    document.addEventListener('htmx:finally:swap', draw)
    return () => document.removeEventListener('htmx:finally:swap', draw)
  })
}

function drawRoom({ chat, members }: Talk): void {
  const inside = [...members.values()].filter(({ left_at }) => left_at === null).length
  write('.member-count .count', `${inside < ALL_KNOWN ? inside : chat.member_count}`)
  write('h1 > span', titleOf(chat))
  if (chat.topic !== '') write('.topic', chat.topic)
}

function write(part: string, text: string): void {
  const element = document.querySelector(`#chat-head ${part}`)
  if (element !== null && element.textContent !== text) element.textContent = text
}

/** Beside the words for it: the face says nothing to a screen reader. */
function writeSign(state: string): void {
  const face = document.querySelector('#chat-head .avatar')
  const sign = face?.querySelector('.presence') ?? face?.appendChild(document.createElement('span'))
  if (sign) sign.className = `presence ${state}`
}
