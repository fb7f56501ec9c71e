import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Code, Refusal, STATUS } from './errors.ts'
import type { Log } from './log.ts'

export interface AdminSocket {
  close(): Promise<void>
}

/** Carries out one named action; a Refusal reaches the asker as it is. */
export type AdminHandler = (action: string, input: unknown) => Promise<unknown>

const NAME = 'admin.sock'
/** What the kernel takes as the path of a socket, with its closing NUL. */
const MAX_PATH = 107

/** From where we stand, where that is shorter: a deep data folder is no reason to do without. */
function socketPath(dataDir: string): string {
  const path = join(dataDir, NAME)
  const near = relative(process.cwd(), path)
  return near.length < path.length ? near : path
}

/**
 * Opens `$DATA/admin.sock` (0660, in a folder of 0700): who may open it may do all that the owner may. Called only by
 * the holder of the folder's lock, so a socket that lies there is a dead node's. Null when the path is too long for the
 * system; commands then need the node to be stopped.
 */
export function openAdminSocket(dataDir: string, handle: AdminHandler, log: Log): AdminSocket | null {
  const path = socketPath(dataDir)
  if (Buffer.byteLength(path) > MAX_PATH) {
    log.warn(
      'the path of the data folder is too long for an admin socket: commands need the node to be stopped',
    )
    return null
  }
  removeDeadSocket(path)
  const server = Bun.serve({
    unix: path,
    development: false,
    maxRequestBodySize: 64 * 1024,
    fetch: (request) => answer(request, handle, log),
  })
  chmodSync(path, 0o660)
  return {
    async close() {
      await server.stop(true)
      removeDeadSocket(path)
    },
  }
}

function removeDeadSocket(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) unlinkSync(path)
}

async function answer(request: Request, handle: AdminHandler, log: Log): Promise<Response> {
  const action = new URL(request.url).pathname.slice(1)
  if (request.method !== 'POST') return Response.json({}, { status: 405 })
  try {
    return Response.json({ value: (await handle(action, await request.json())) ?? null })
  } catch (error) {
    if (error instanceof Refusal) {
      const { code, reason, details } = error
      return Response.json({ refusal: { code, reason, details } }, { status: STATUS[code] })
    }
    log.error({ err: error, action }, 'an admin command failed')
    return Response.json({ refusal: { code: 'internal', reason: 'bug', details: {} } }, { status: 500 })
  }
}

/** Nobody listens on the socket: no node runs on this data folder, or it is one that could not open its socket. */
export const NOT_RUNNING = Symbol('no node runs')

/** Asks the node that runs on this data folder. Throws the node's Refusal. */
export async function askAdmin(
  dataDir: string,
  action: string,
  input: object,
): Promise<unknown | typeof NOT_RUNNING> {
  const path = socketPath(dataDir)
  if (Buffer.byteLength(path) > MAX_PATH || !lstatSync(path, { throwIfNoEntry: false })) return NOT_RUNNING

  const response = await connect(path, action, input)
  if (response === null) return NOT_RUNNING
  const body = (await response.json()) as Answer
  if (body.refusal) throw new Refusal(body.refusal.code, body.refusal.reason, body.refusal.details)
  return body.value
}

interface Answer {
  value?: unknown
  refusal?: { code: Code; reason: string; details: object }
}

async function connect(path: string, action: string, input: object): Promise<Response | null> {
  try {
    return await fetch(`http://admin/${action}`, {
      unix: path,
      method: 'POST',
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(30_000),
    })
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'FailedToOpenSocket' || code === 'ConnectionRefused' || code === 'ECONNREFUSED') return null
    throw error
  }
}
