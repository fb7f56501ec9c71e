import { askAdmin } from '../../platform/adminSocket.ts'
import type { OpenDb } from '../../platform/db/db.ts'
import { Refusal } from '../../platform/errors.ts'
import { createSecrets, type Secrets, secretsOf } from '../../platform/secrets.ts'
import { readSecretKeys } from '../../platform/secretsFile.ts'
import { readKeyState, whyNot } from '../../platform/secretsGuard.ts'
import type { Config } from '../../config.ts'
import { bad, type Finding, ok, warn } from './finding.ts'

/** Whether a node with these settings has the key that the database is on. Makes none. */
export async function checkKey(db: OpenDb, config: Config): Promise<Finding> {
  const state = await readKeyState(db.read)
  if (state.kept === null) return ok('secret key', 'the database is tied to one at the first start')
  const secrets = secretsBy(config)
  if (secrets === null)
    return bad('secret key', `there is none, and the database is on ${state.kept}`, LOST_FIX)
  const why = whyNot(state, secrets)
  if (why !== null) return bad('secret key', why, 'docs/operate/secrets.md says it step by step')
  const missed = await troubleOfNode(config)
  if (missed !== null)
    return bad('secret key', `the node that runs has another than is set now: ${missed}`, 'restart it')
  if (state.next === null) return ok('secret key', `the one that the database is on (${state.kept})`)
  return warn('secret key', 'it is being replaced', 'run "warren secret rotate" to its end')
}

/** Of the node that runs on this data folder; null when none runs, or it is too old to say. */
async function troubleOfNode({ dataDir }: Config): Promise<string | null> {
  try {
    const answer = await askAdmin(dataDir, 'key_trouble', {})
    return typeof answer === 'string' ? answer : null
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

const LOST_FIX = 'restore secrets.toml, or set WARREN_SECRET_KEY to the key that was in it'

function secretsBy({ secretKey, secretKeyPrevious, dataDir }: Config): Secrets | null {
  if (secretKey !== null) return createSecrets(secretKey, secretKeyPrevious)
  const kept = readSecretKeys(dataDir)
  return kept && secretsOf(kept, secretKeyPrevious)
}
