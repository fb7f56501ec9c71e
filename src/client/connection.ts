import { type Listener, openSocket, type Socket, Unanswered } from './socket.ts'
import type { ServerFrame } from './wire.ts'

// This page's one connection. It outlives every island.
let socket: Socket | null = null
const hearers = new Set<(frame: ServerFrame) => void>()

/** Opens the connection; on a later call it is there already, and nothing happens. */
export function openConnection(listener: Listener): boolean {
  if (socket !== null) return false
  const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`
  socket = openSocket(url, {
    ...listener,
    heard: (frame) => {
      listener.heard(frame)
      for (const hearer of hearers) hearer(frame)
    },
  })
  return true
}

export const ask = <T>(frame: { type: string; [key: string]: unknown }): Promise<T> =>
  socket?.ask<T>(frame) ?? Promise.reject(new Unanswered('no connection'))

export const tell = (frame: { type: string; [key: string]: unknown }): void => socket?.tell(frame)

export const hurry = (): void => socket?.hurry()

/** Hears every frame, after the store has taken it; the answer ends that. */
export function onFrame(hearer: (frame: ServerFrame) => void): () => void {
  hearers.add(hearer)
  return () => void hearers.delete(hearer)
}
