import type { Socket } from './connection.ts'

/** Text, or what makes it at the moment of sending. */
type Sayable = string | (() => string)

export type Say = (socket: Socket, text: Sayable) => void

/**
 * Answers leave when everything that a committed batch publishes is published, and in the same turn of the loop: a
 * `send` flushes its socket, so one in between would cost the batch its common system call, and one corked after it
 * leaves together with what the topics have for that socket.
 */
export function createAcks(): Say {
  let waiting = new Map<Socket, Sayable[]>()
  const flush = (): void => {
    const now = waiting
    waiting = new Map()
    for (const [socket, texts] of now) socket.cork(() => sendAll(socket, texts))
  }
  return (socket, text) => {
    // The queue of ticks is empty only after all microtasks, and these tell the whole batch.
    if (waiting.size === 0) process.nextTick(flush)
    const texts = waiting.get(socket)
    if (texts === undefined) waiting.set(socket, [text])
    else texts.push(text)
  }
}

function sendAll(socket: Socket, texts: readonly Sayable[]): void {
  for (const text of texts) socket.send(typeof text === 'string' ? text : text())
}
