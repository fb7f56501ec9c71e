import type { History, Op, StoredChat } from './history.ts'

/** Findings about chats that were made while everybody talked. */

const foundings = ({ ops }: History): Op[] => ops.filter(({ kind }) => kind === 'found')

/** Acknowledged, and not there; or there without somebody who was named. */
export function findLostChats(history: History): string[] {
  const chats = new Map(history.stored.map((chat) => [chat.id, chat]))
  return foundings(history).flatMap((op) => {
    if (op.outcome !== 'ok') return []
    const chat = chats.get(op.chat)
    if (chat === undefined) return [`${op.device} made ${op.chat}: it is gone`]
    const absent = [op.user, ...op.content.split(' ')].filter((user) => !chat.members.has(user))
    return absent.map((user) => `${op.device} made ${op.chat} with ${user}, who never was in it`)
  })
}

/** One founding, two chats; or two direct chats of the same two. */
export function findDoubleChats(history: History): string[] {
  const answers = foundings(history)
    .filter(({ acks }) => new Set(acks.map(({ id }) => id)).size > 1)
    .map(({ key, acks }) => `${key} made ${acks.map(({ id }) => id).join(' and ')}`)
  const pairs = history.stored.filter(({ kind, isGone }) => kind === 'direct' && !isGone)
  const double = [...Map.groupBy(pairs, membersOf)].filter(([, chats]) => chats.length > 1)
  return [...answers, ...double.map(([who, chats]) => `${who}: ${chats.map(({ id }) => id).join(' and ')}`)]
}

const membersOf = ({ members }: StoredChat): string => [...members.keys()].sort().join(' and ')

/** There though it was refused, or though nobody asked for it. */
export function findPhantomChats(history: History): string[] {
  const asked = new Map(foundings(history).map((op) => [op.key, op]))
  return history.stored.flatMap(({ id, clientId }) => {
    if (clientId === null) return []
    const op = asked.get(clientId)
    if (op === undefined) return [`${id}: nobody made it`]
    return op.outcome === 'fail' ? [`${id}: refused with ${op.why}`] : []
  })
}

/** Deleted, and a node shows it all the same, or a device still does. */
export function findUndead({ stored, fetched, devices }: History): string[] {
  return stored
    .filter(({ isGone }) => isGone)
    .flatMap(({ id }) => [
      ...(fetched.get(id) ?? []).map(() => `${id} is deleted, and a node serves it`),
      ...devices
        .filter(({ chats }) => chats.has(id))
        .map(({ device }) => `${device} still shows ${id}, which is deleted`),
    ])
}
