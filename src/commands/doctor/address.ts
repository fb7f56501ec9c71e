import { accessSync, constants, lstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { askAdmin } from '../../platform/adminSocket.ts'
import { Refusal } from '../../platform/errors.ts'
import { type Config, listenTrouble, parseListen } from '../../config.ts'
import { isDeadSocket } from '../deadSocket.ts'
import { bad, type Finding, ok } from './finding.ts'

/** Whether a node could listen where the settings say; one of this data folder that does so already is fine. */
export async function checkAddress({ listen, dataDir }: Config): Promise<Finding> {
  const door = parseListen(listen)
  const code = 'unix' in door ? tryPath(door.unix) : tryPort(door)
  if (code === null) return ok('address', `${listen} is free`)
  if (code === 'EADDRINUSE' && (await findNodeAt(dataDir)) === listen)
    return ok('address', `${listen}: the node of this data folder is running there`)
  if ('unix' in door && (await isDeadSocket(door.unix)))
    return ok('address', `${door.unix} was left behind by a node that was killed; serve replaces it`)

  const { reason, fix } = listenTrouble(listen, code) ?? {
    reason: `nobody can listen at ${listen} (${code})`,
    fix: 'choose another with WARREN_LISTEN',
  }
  return bad('address', reason, fix)
}

/** Listens for a moment: the system's code when it may not. */
export function tryPort(door: { hostname: string; port: number }): string | null {
  try {
    Bun.listen({ ...door, exclusive: true, socket: { data() {} } }).stop(true)
    return null
  } catch (error) {
    return (error as { code?: string }).code ?? 'unknown'
  }
}

/** Looks only: to listen on a path leaves a file there. */
function tryPath(path: string): string | null {
  try {
    if (lstatSync(path, { throwIfNoEntry: false })) return 'EADDRINUSE'
    accessSync(dirname(path), constants.W_OK | constants.X_OK)
    return null
  } catch (error) {
    return (error as { code?: string }).code ?? 'unknown'
  }
}

/** Where the node that runs on this data folder was told to listen; null when none runs, or it is too old to say. */
async function findNodeAt(dataDir: string): Promise<string | null> {
  try {
    const answer = await askAdmin(dataDir, 'listens_at', {})
    return typeof answer === 'string' ? answer : null
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}
