import { askAdmin, NOT_RUNNING } from '../../platform/adminSocket.ts'
import { type Config, listenTrouble, parseListen } from '../../config.ts'
import { tryPort } from './address.ts'
import { bad, type Finding, ok } from './finding.ts'

/** Whether operators could be answered where the settings say; a node of this data folder may do so already. */
export async function checkOperators({ opsListen, dataDir }: Config): Promise<Finding[]> {
  if (opsListen === null) return []
  const code = tryPort(parseListen(opsListen) as { hostname: string; port: number })
  if (code === null) return [ok('operators', `${opsListen} is free`)]
  if (code === 'EADDRINUSE' && (await isRunning(dataDir)))
    return [ok('operators', `${opsListen}: the node of this data folder is running`)]

  const { reason, fix } = listenTrouble(opsListen, code, 'WARREN_OPS_LISTEN') ?? {
    reason: `nobody can listen at ${opsListen} (${code})`,
    fix: 'choose another with WARREN_OPS_LISTEN',
  }
  return [bad('operators', reason, fix)]
}

const isRunning = async (dataDir: string): Promise<boolean> =>
  (await askAdmin(dataDir, 'listens_at', {})) !== NOT_RUNNING
