import type { Id } from '../../platform/ids.ts'
import { createResetLink } from '../../accounts/index.ts'
import type { TestNode, TestPerson } from '../node.ts'
import { FIELD_TEST, HARD, type Line, PEOPLE } from './talk.ts'

const BIO = 'Looks after the masts on Brenner ridge.\nAsk me about batteries.'
const MINUTE = 60_000

/** A team at work on a node: everything that a page may have to show. */
export interface Team {
  ann: TestPerson
  people: Map<string, TestPerson>
  chats: Record<'fieldTest' | 'hard' | 'empty' | 'outside' | 'archived' | 'direct', string>
  /** An invite that is open. */
  invite: string
  /** Where bo sets a new password. */
  reset: string
  /** Somewhere in the middle of #field-test. */
  message: string
  /** A mail that was kept instead of sent. */
  mail: string
  /** What was said last in #field-test is new to ann again: whoever looked at a page has read it. */
  leaveUnread(): Promise<void>
}

/** Ann is the owner and looks; the others talk. Over the API, but that time is set afterwards. */
export async function makeTeam(node: TestNode): Promise<Team> {
  const people = new Map<string, TestPerson>()
  for (const [username, full_name] of PEOPLE) {
    const person = await node.person(username)
    await must(person.put('/api/users/me', { full_name }))
    people.set(username, person)
  }
  const of = (username: string) => get(people, username)
  const ann = of('ann')
  const chats = await makeChats(people)
  const fieldTest = await talk(node, { people, chatId: chats.fieldTest, lines: FIELD_TEST })
  await talk(node, { people, chatId: chats.hard, lines: HARD })
  await read(ann, chats.hard)
  const invite = await must(ann.post('/api/invites', { role: 'member', max_uses: 20 }))
  await must(of('ines').put('/api/users/me', { status_text: 'On the ridge', status_emoji: '🗻', bio: BIO }))
  const reset = await createResetLink(node.node.app, ann.id as Id<'user'>, of('bo').id as Id<'user'>)
  const { chat } = await must(ann.get(`/api/chats/${chats.fieldTest}`))
  const leaveUnread = () => must(ann.post(`/api/chats/${chats.fieldTest}/unread`, { seq: chat.last_seq - 1 }))
  return {
    ann,
    people,
    leaveUnread,
    chats,
    invite: invite.invite.code,
    reset: reset.slice(reset.indexOf('/reset-password')),
    message: fieldTest[3] ?? '',
    mail: await someMail(node),
  }
}

/** Bo asks for a new password; the mail lies there when its job has run. */
async function someMail({ stranger }: TestNode): Promise<string> {
  await must(stranger.post('/api/auth/forgot-password', { email: 'bo@example.org' }))
  for (;;) {
    const found = /\/mailbox\/([\w.-]+)/.exec((await must(stranger.get('/mailbox'))) as string)
    if (found?.[1] !== undefined) return found[1]
  }
}

async function makeChats(people: Map<string, TestPerson>): Promise<Team['chats']> {
  const [ann, ines, bo] = [get(people, 'ann'), get(people, 'ines'), get(people, 'bo')]
  const everybody = [...people.values()].filter(({ id }) => id !== ann.id).map(({ id }) => id)
  const make = async (by: TestPerson, draft: object): Promise<string> =>
    (await must(by.post('/api/chats', draft))).chat.id
  const channel = (name: string, more: object = {}) =>
    make(ann, { kind: 'channel', name, visibility: 'public', member_ids: everybody, ...more })
  const hard = await channel('a-channel-with-a-name-that-is-far-too-long-for-any-sidebar-or-phone', {
    visibility: 'private',
  })
  const fieldTest = await channel('field-test')
  await must(ann.put(`/api/chats/${fieldTest}`, { topic: 'Mast trial on Brenner ridge, nights 1 to 3' }))
  const empty = await channel('winter-kit', { visibility: 'private', member_ids: [] })
  const firmware = await channel('firmware')
  const archived = await channel('spring-trial')
  await say(get(people, 'marek'), firmware, 'TX_LOW is on the branch, please look at it with fresh eyes.')
  await say(bo, archived, 'Увидимся зимой')
  await must(ann.put(`/api/chats/${archived}`, { archived: true }))
  const outside = await make(ines, { kind: 'channel', name: 'hut-life', visibility: 'public' })
  await make(ines, { kind: 'group', member_ids: [ann.id, bo.id] })
  const direct = await make(ines, { kind: 'direct', member_ids: [ann.id] })
  await say(ines, direct, 'Call me when you are at a desk')
  const russian = await make(bo, { kind: 'direct', member_ids: [ann.id] })
  await say(ann, russian, 'Привет! Что с обогревателем?')
  await read(ann, archived)
  return { fieldTest, hard, empty, outside, archived, direct }
}

async function read(by: TestPerson, chatId: string): Promise<void> {
  const { chat } = await must(by.get(`/api/chats/${chatId}`))
  await must(by.post(`/api/chats/${chatId}/read`, { seq: chat.last_seq }))
}

async function say(by: TestPerson, chatId: string, content: string, reply_to?: string): Promise<string> {
  const draft = { client_id: crypto.randomUUID(), content, ...(reply_to ? { reply_to } : {}) }
  return (await must(by.post(`/api/chats/${chatId}/messages`, draft))).message.id
}

interface Talk {
  people: Map<string, TestPerson>
  chatId: string
  lines: Line[]
}

/** The lines as if they had been said over two days. */
async function talk(node: TestNode, { people, chatId, lines }: Talk): Promise<string[]> {
  const ids: string[] = []
  const oldest = Date.now() - (lines[0]?.ago ?? 0) * MINUTE
  await node.node.app.db.write(
    (sql) => sql`update messages set created_at = ${oldest - MINUTE} where chat_id = ${chatId}`,
  )
  for (const line of lines) {
    const by = get(people, line.by)
    const id = await say(by, chatId, line.text, line.answers === undefined ? undefined : ids[line.answers])
    ids.push(id)
    for (const [emoji, names] of Object.entries(line.reactions ?? {}))
      for (const name of names)
        await must(get(people, name).put(`/api/chats/messages/${id}/reactions/${encodeURIComponent(emoji)}`))
    if (line.pinned) await must(by.put(`/api/chats/messages/${id}/pin`))
    if (line.edited)
      await must(by.put(`/api/chats/messages/${id}`, { content: line.text.replace('drawn', 'shown') }))
    if (line.deleted) await must(by.del(`/api/chats/messages/${id}`))
    const at = Date.now() - line.ago * MINUTE
    await node.node.app.db.write((sql) => sql`update messages set created_at = ${at} where id = ${id}`)
  }
  return ids
}

function get<Value>(map: Map<string, Value>, key: string): Value {
  const value = map.get(key)
  if (value === undefined) throw new Error(`there is no ${key}`)
  return value
}

// biome-ignore lint/suspicious/noExplicitAny: a fixture reads whatever shape it expects
async function must(asked: ReturnType<TestPerson['get']>): Promise<any> {
  const { status, body } = await asked
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`)
  return body
}
