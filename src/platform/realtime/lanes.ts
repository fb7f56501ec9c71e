import type { Connection } from './connection.ts'

/**
 * Frames of one socket that name the same chat take effect in the order sent. Frames of one type run side by side,
 * for they reach their write in the order in which they were begun; another type waits until those before it are done.
 */
export function runInLane(
  connection: Connection,
  at: { chatId: unknown; type: string },
  run: () => Promise<void>,
): Promise<void> {
  if (typeof at.chatId !== 'string') return run()
  connection.lanes ??= new Map()
  const { lanes } = connection
  const before = lanes.get(at.chatId)
  const start = before?.type === at.type ? before.start : (before?.tail ?? null)
  const running = start === null ? run() : start.then(run)
  const tail = before === undefined ? running : Promise.all([before.tail, running]).then(() => {})
  const mine = { type: at.type, start, tail }
  lanes.set(at.chatId, mine)
  return running.finally(() => {
    if (lanes.get(at.chatId as string) !== mine) return
    lanes.delete(at.chatId as string)
    if (lanes.size === 0) connection.lanes = null
  })
}
