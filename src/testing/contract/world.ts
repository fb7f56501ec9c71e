import type { Asker as Door, TestNode, TestPerson } from '../node.ts'
import type { TestSocket } from '../socket.ts'
import { ASKERS, type Asker, type Case, RELATIONS, type Relation, VISIBILITIES } from './doors.ts'

// Everybody of the door matrix, and a chat for each relation and visibility, in which all of them stand alike.

/** Whoever knocks: with a token and a socket, or as a stranger. */
export interface Knocker extends Door {
  id: string
  socket: TestSocket | null
}

export interface Place {
  chatId: string
  /** Said by the host: one per asker to be deleted, and one that stays. */
  doomed: Record<Asker, string>
  stays: { id: string; seq: number }
  /** Said by the asker while in; the host's where they never were. */
  own: Record<Asker, string>
}

export interface World {
  host: TestPerson
  knocker(asking: Case): Knocker
  place(asking: Pick<Case, 'relation' | 'visibility'>): Place
  /** The host does what can be heard, here and now. */
  stir(asking: Pick<Case, 'relation' | 'visibility'>): Promise<void>
}

type Askers = Record<Asker, Knocker>

export async function makeWorld(node: TestNode): Promise<World> {
  const root = await node.person('root')
  const host = await node.person('host')
  const friend = await node.person('friend')
  const askers = await makeAskers(node, 'now', root)
  const former = await makeAskers(node, 'former')
  const places = new Map<string, Place>()
  for (const relation of RELATIONS)
    for (const visibility of VISIBILITIES) {
      const people = relation === 'deactivated' ? former : askers
      places.set(`${relation} ${visibility}`, await makePlace({ host, friend, people }, relation, visibility))
    }
  for (const asker of ASKERS)
    if (asker !== 'anonymous') await root.put(`/api/users/${former[asker].id}`, { is_active: false })
  await deactivateOwner(node, former.serverOwner)
  const place = ({ relation, visibility }: Pick<Case, 'relation' | 'visibility'>): Place => {
    const found = places.get(`${relation} ${visibility}`)
    if (found === undefined) throw new Error('no such place')
    return found
  }
  return {
    host,
    knocker: ({ asker, relation }) => (relation === 'deactivated' ? former : askers)[asker],
    place,
    stir: async (asking) => stir({ host, friend }, place(asking), asking.relation),
  }
}

async function makeAskers(node: TestNode, when: string, root?: TestPerson): Promise<Askers> {
  const signed = async (person: TestPerson): Promise<Knocker> => ({
    ...person,
    socket: await person.connect(),
  })
  const bot = await node.person(`bot-${when}`)
  await node.node.app.db.write((sql) => sql`update users set kind = 'bot' where id = ${bot.id}`)
  return {
    anonymous: { ...node.stranger, id: '', socket: null },
    guest: await signed(await node.person(`guest-${when}`, 'guest')),
    member: await signed(await node.person(`member-${when}`)),
    bot: await signed(bot),
    chatAdmin: await signed(await node.person(`chat-admin-${when}`)),
    serverAdmin: await signed(await node.person(`server-admin-${when}`, 'admin')),
    serverOwner: await signed(root ?? (await node.person(`server-owner-${when}`, 'owner'))),
  }
}

/** No one on the wire is above an owner. */
async function deactivateOwner(node: TestNode, { id }: Knocker): Promise<void> {
  const { OPERATOR, setStanding } = await import('../../accounts/index.ts')
  await setStanding(node.node.app, OPERATOR, { userId: id as never, is_active: false })
}

const say = (content: string) => ({ client_id: crypto.randomUUID(), content })

interface Pair {
  host: TestPerson
  friend: TestPerson
}

async function makePlace(
  { host, friend, people }: Pair & { people: Askers },
  relation: Relation,
  visibility: string,
): Promise<Place> {
  const name = `${relation} ${visibility}`
  const draft = { kind: 'channel', visibility, name, member_ids: [friend.id] }
  const chatId: string = (await host.post('/api/chats', draft)).body.chat.id
  const messages = `/api/chats/${chatId}/messages`
  const speak = async (door: Door) => (await door.post(messages, say('hello'))).body.message
  const signed = ASKERS.filter((asker) => asker !== 'anonymous')
  const bringIn = async () => {
    for (const asker of signed) {
      const role = asker === 'chatAdmin' ? 'admin' : 'member'
      await host.post(`/api/chats/${chatId}/members`, { user_id: people[asker].id, role })
    }
  }

  if (relation !== 'never' && relation !== 'joinedLater') await bringIn()
  const stays = await speak(host)
  const doomed = await byAsker(async () => (await speak(host)).id)
  if (relation === 'joinedLater') await bringIn()
  const own = await byAsker(async (asker) =>
    relation === 'never' || asker === 'anonymous' ? stays.id : (await speak(people[asker])).id,
  )
  if (relation === 'removed')
    for (const asker of signed) await host.del(`/api/chats/${chatId}/members/${people[asker].id}`)
  if (relation === 'archived') await host.put(`/api/chats/${chatId}`, { archived: true })
  return { chatId, doomed, stays, own }
}

async function byAsker(make: (asker: Asker) => Promise<string>): Promise<Record<Asker, string>> {
  const made: [string, string][] = []
  for (const asker of ASKERS) made.push([asker, await make(asker)])
  return Object.fromEntries(made) as Record<Asker, string>
}

/** In an archived chat nothing can be heard but that it is one no more. */
async function stir({ host, friend }: Pair, { chatId }: Place, relation: Relation): Promise<void> {
  const path = `/api/chats/${chatId}`
  if (relation === 'archived') {
    await host.put(path, { archived: false })
    await host.put(path, { archived: true })
    return
  }
  const { message } = (await host.post(`${path}/messages`, say('listen'))).body
  await host.put(`/api/chats/messages/${message.id}`, { content: 'listen!' })
  await host.put(`/api/chats/messages/${message.id}/reactions/${encodeURIComponent('👍')}`)
  await host.put(`/api/chats/messages/${message.id}/pin`)
  await host.del(`/api/chats/messages/${message.id}`)
  await host.put(path, { topic: crypto.randomUUID() })
  const socket = await host.connect()
  await socket.asks('typing', { chat_id: chatId, is_typing: true })
  await socket.asks('typing', { chat_id: chatId, is_typing: false })
  socket.close()
  const answered = await friend.post(`${path}/messages`, say('heard'))
  await host.post(`${path}/read`, { seq: answered.body.message.seq })
}
