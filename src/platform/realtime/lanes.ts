import type { Connection, Lane } from './connection.ts'

/**
 * Frames of one socket that name the same chat take effect in the order sent. Frames of one type run side by side,
 * for they reach their write in the order in which they were begun; another type waits until those before it are done.
 * `run` never rejects.
 */
export function runInLane(
  connection: Connection,
  at: { chatId: unknown; type: string },
  run: () => Promise<void>,
): Promise<void> {
  if (typeof at.chatId !== 'string') return run()
  connection.lanes ??= new Map()
  const lane = laneOf(connection.lanes, at.chatId, at.type)
  lane.running++
  const running = lane.start === null ? run() : lane.start.then(run)
  return running.then(() => leave(connection, at.chatId as string, lane))
}

function laneOf(lanes: Map<string, Lane>, chatId: string, type: string): Lane {
  const before = lanes.get(chatId)
  if (before?.type === type) return before
  const lane: Lane = { type, start: before === undefined ? null : endOf(before), running: 0, end: null }
  lanes.set(chatId, lane)
  return lane
}

/** Those after it began only when those before had ended, so its own end is the end of all. */
function endOf(lane: Lane): Promise<void> {
  lane.end ??= Promise.withResolvers()
  return lane.end.promise
}

function leave(connection: Connection, chatId: string, lane: Lane): void {
  lane.running--
  if (lane.running > 0) return
  lane.end?.resolve()
  if (connection.lanes?.get(chatId) !== lane) return
  connection.lanes.delete(chatId)
  if (connection.lanes.size === 0) connection.lanes = null
}
