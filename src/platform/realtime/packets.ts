import type { Id } from '../ids.ts'
import type { Audience } from './audience.ts'
import { moveOf } from './moves.ts'
import type { Relay } from './relay.ts'

// A packet is one line: a letter, ids and numbers, then whatever may hold spaces, a frame as it goes to the sockets. The
// node that hears it looks only at what stands before, so a chat that nobody hears there costs next to nothing.

/** The same to the other nodes. */
export function tellByRelay(relay: Relay): Audience {
  return {
    deliver: (chatId, rev, { text, move }) =>
      relay.send(
        chatId,
        move === null ? `d ${chatId} ${rev} ${text}` : `m ${chatId} ${rev} ${move.mark} ${text}`,
      ),
    admit: (chatId, userIds, rev) => relay.send(chatId, `a ${chatId} ${rev} ${userIds.join(',')}`),
    close: (chatId) => relay.send(chatId, `x ${chatId}`),
    tellChat: (chatId, text) => relay.send(chatId, `c ${chatId} ${text}`),
    // With the chat's own: an admission without its word would open a topic to somebody who knows of no chat.
    tellUser: (userId, text, chatId) => relay.send(chatId ?? userId, `u ${userId} ${text}`),
    noteMark: (userId, chatId, seq) => relay.send(chatId, `r ${chatId} ${seq} ${userId}`),
    recheck: (userId) => relay.send(userId, `s ${userId}`),
    lookAt: (chatId) => relay.send(chatId, `l ${chatId}`),
    tellNodes: (text) => relay.send('nodes', `n - ${text}`),
  }
}

/** What another node said. What is not understood is of a newer one: revs will show what was missed. */
export function hearPacket(packet: string, audience: Audience): void {
  const [kind, id, rest] = split(packet, 2)
  const chatId = id as Id<'chat'>
  if (kind === 'd' || kind === 'm') return hearEvent(kind, chatId, rest, audience)
  if (kind === 'c') return audience.tellChat(chatId, rest)
  if (kind === 'u') return audience.tellUser(id as Id<'user'>, rest, undefined)
  if (kind === 'r') {
    const [seq, userId] = split(rest, 1)
    return audience.noteMark(userId as Id<'user'>, chatId, Number(seq))
  }
  if (kind === 'a') {
    const [rev, users] = split(rest, 1)
    return audience.admit(chatId, users.split(',') as Id<'user'>[], Number(rev))
  }
  if (kind === 'x') return audience.close(chatId)
  if (kind === 's') return audience.recheck(id as Id<'user'>)
  if (kind === 'l') return audience.lookAt(chatId)
  if (kind === 'n') return audience.tellNodes(rest)
}

function hearEvent(kind: 'd' | 'm', chatId: Id<'chat'>, rest: string, audience: Audience): void {
  const [number, text] = split(rest, 1)
  const rev = Number(number)
  if (!Number.isSafeInteger(rev)) return
  if (kind === 'd') return audience.deliver(chatId, rev, { text, move: null })
  const [mark, frame] = split(text, 1)
  const move = moveOf({ ...JSON.parse(frame), mark: Number(mark) })
  audience.deliver(chatId, rev, { text: frame, move })
}

/** The first words and the rest, which may be empty. */
function split(line: string, words: 1): [string, string]
function split(line: string, words: 2): [string, string, string]
function split(line: string, words: number): string[] {
  const parts: string[] = []
  let from = 0
  for (let n = 0; n < words; n++) {
    const space = line.indexOf(' ', from)
    const to = space < 0 ? line.length : space
    parts.push(line.slice(from, to))
    from = to + 1
  }
  return [...parts, line.slice(from)]
}
