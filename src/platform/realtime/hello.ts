import type { Id } from '../ids.ts'
import { isIn, type Socket } from './connection.ts'
import { addSocket, beginLoad, endLoad } from './live.ts'
import type { Head } from './reader.ts'
import { checkSockets } from './recheck.ts'
import { hasLeftSince, joinedFrame, settleUser, takePosition } from './settle.ts'
import type { Realtime } from './socket.ts'

export const HEARTBEAT_MS = 25_000
const TRY_LATER = 1013

/**
 * Subscribes a fresh socket to what its heads name and says hello, in one tick. What was told between the reading of
 * the heads and this tick never came by this socket, so where the chats stand is read again and what moved is sent.
 */
export function sayHello(realtime: Realtime, socket: Socket, heads: readonly Head[]): void {
  const { live } = realtime.bus
  const { user } = socket.data
  // Ends in `catchUp`: until then what the log says of this user's memberships is kept.
  beginLoad(live, user.id)
  const mine = heads.filter((head) => !hasLeftSince(user, head))
  const said = new Map<Id<'chat'>, Said>()
  let hasJoined = false
  for (const head of mine) {
    const { chat, isNew } = takePosition(realtime.settling, user, head)
    if (isNew) hasJoined = true
    said.set(head.id, { rev: head.rev, isBehind: chat.head > head.rev })
  }
  // Those who were here before it hear the new topics too, and nobody may have told them of the chats.
  if (hasJoined && user.sockets.length > 0) realtime.bus.tell(user.topic, joinedFrame())
  addSocket(user, socket)
  const data = {
    user_id: user.id,
    node: realtime.deps.node,
    epoch: realtime.deps.epoch,
    heartbeat_ms: HEARTBEAT_MS,
    chats: mine,
  }
  socket.send(JSON.stringify({ type: 'hello', data }))
  void catchUp(realtime, socket, said)
  // Its session may have ended while it shook hands.
  const isUnsure = (realtime.rechecked.get(user.id) ?? 0) >= socket.data.openedAt
  if (isUnsure) void checkSockets(realtime, [socket]) // catches everything
}

/** What hello said of a chat, and whether the topic had told more by then. */
interface Said {
  rev: number
  isBehind: boolean
}

/** Catches everything: a socket whose heads can't be read again may have missed something, so it has to come again. */
async function catchUp(realtime: Realtime, socket: Socket, said: Map<Id<'chat'>, Said>): Promise<void> {
  const { user } = socket.data
  try {
    const positions = await settleUser(realtime.settling, user.id)
    let hasJoined = false
    for (const { id, rev } of positions) {
      const known = said.get(id)
      if (known === undefined) hasJoined = true
      if (known?.isBehind) await sendMissed(realtime, socket, id, known.rev)
      else realtime.bus.noticeHead(id, rev)
    }
    // Hello did not name it, and `chat_created` came before this socket could hear.
    if (hasJoined) socket.send(JSON.stringify(joinedFrame()))
  } catch (error) {
    realtime.desk.app.log.warn({ err: error }, 'could not read the heads of a fresh socket again')
    socket.close(TRY_LATER, 'try later')
  } finally {
    endLoad(realtime.bus.live, user)
  }
}

/** What the topic told before this socket heard it goes to this socket alone. */
async function sendMissed({ bus }: Realtime, socket: Socket, id: Id<'chat'>, from: number): Promise<void> {
  const changes = await bus.reader.loadChanges(id, from)
  // Read again after the wait: who was removed meanwhile, told or not yet, gets nothing of it (C8).
  const hasLeft = changes.members.some(
    (member) => member.user.id === socket.data.user.id && member.left_at !== null,
  )
  if (hasLeft || !isIn(socket, id)) return
  if (changes.more || changes.reset) {
    socket.send(JSON.stringify({ type: 'resync', data: { chat_id: id, reason: 'missed' } }))
    return
  }
  const { after, messages, members, chat: info } = changes
  const data = { chat_id: id, after, rev: changes.rev, messages, members, chat: info }
  socket.send(JSON.stringify({ type: 'changes', data }))
}
