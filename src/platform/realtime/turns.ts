import { within } from '../trace.ts'
import type { Connection, Socket } from './connection.ts'
import { runInLane } from './lanes.ts'

/** One at work and one that waits: who asks for much asks again when it has come. */
const MOST = 2

/** Whether the socket may have one more heavy frame. */
export const mayWait = ({ turns }: Connection, factor: number): boolean => turns < MOST * factor

/**
 * Heavy frames in the turn of their user, others in the lane of their chat. `run` never rejects; what it does belongs to
 * the trace of the request that opened the socket.
 */
export const runInOrder = (
  socket: Socket,
  at: { chatId: unknown; type: string; isHeavy: boolean },
  run: () => Promise<void>,
): Promise<void> => {
  const traced = (): Promise<void> => within(socket.data.trace, run)
  return at.isHeavy ? runInTurn(socket, traced) : runInLane(socket.data, at, traced)
}

/**
 * Heavy frames of a user are carried out one after another, whichever of their sockets they came by: what one of them
 * holds in memory it holds alone (C11). Nothing is done for a socket that went meanwhile.
 */
function runInTurn(socket: Socket, run: () => Promise<void>): Promise<void> {
  const connection = socket.data
  const { user } = connection
  connection.turns++
  const carryOut = (): Promise<void> | void => {
    if (socket.readyState === WebSocket.OPEN) return run()
  }
  const mine = (user.turn ?? Promise.resolve()).then(carryOut).then(() => {
    connection.turns--
    if (user.turn === mine) user.turn = null
  })
  user.turn = mine
  return mine
}
