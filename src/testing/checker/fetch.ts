import type { ChatView } from './history.ts'
import { askRest } from './line.ts'
import { newMirror, putMember, putRow } from './mirror.ts'
import { rowOf } from './wireForms.ts'

/** A chat as a member gets it who asks for all of it now. */
export async function fetchChat(url: string, token: string, chatId: string): Promise<ChatView> {
  const fresh = newMirror(0)
  const { data } = await askRest({ url, token }, 'GET', `/api/chats/${chatId}/members?limit=100`)
  for (const member of data) putMember(fresh, member)
  for (let after: number | null = 0; after !== null; ) {
    const path = `/api/chats/${chatId}/messages?limit=100&after=${after}`
    const page = await askRest({ url, token }, 'GET', path)
    for (const message of page.data) putRow(fresh, rowOf(message))
    fresh.rev = page.rev
    after = page.page.after
  }
  return { rev: fresh.rev, rows: fresh.rows, members: fresh.members }
}
