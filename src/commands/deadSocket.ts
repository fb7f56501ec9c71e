import { lstatSync, unlinkSync } from 'node:fs'

/** Whether a socket file lies there that nobody listens on: a node that was killed leaves its own behind. */
export async function isDeadSocket(path: string): Promise<boolean> {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return false
  try {
    const socket = await Bun.connect({ unix: path, socket: { data() {} } })
    socket.end()
    return false
  } catch (error) {
    // Any other answer may come from somebody who lives.
    return (error as { code?: string }).code === 'ECONNREFUSED'
  }
}

/** Makes way for a new one; what is alive, or no socket, stays. */
export async function removeDeadSocket(path: string): Promise<void> {
  if (await isDeadSocket(path)) unlinkSync(path)
}
