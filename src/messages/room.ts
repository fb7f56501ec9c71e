/** What one answer may still hold: a larger one would be cut by its own socket's limits (C11). */
export interface Room {
  rows: number
  bytes: number
  /** The first row is given whatever its size, for the largest would fit nowhere. */
  isEmpty: boolean
}

export const newRoom = (): Room => ({ rows: 200, bytes: 256 * 1024, isEmpty: true })

export const isFull = (room: Room): boolean => !room.isEmpty && (room.rows < 1 || room.bytes < 1)

/** Whether the thing still fits; then it is counted. */
export function takeRoom(room: Room, thing: object): boolean {
  const bytes = Buffer.byteLength(JSON.stringify(thing)) + 1
  if (isFull(room) || (!room.isEmpty && room.bytes < bytes)) return false
  room.rows--
  room.bytes -= bytes
  room.isEmpty = false
  return true
}

/** What comes next would be read for nothing. */
export function closeRoom(room: Room): void {
  room.rows = 0
}
