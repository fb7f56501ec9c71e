import { askAdmin, NOT_RUNNING } from '../../platform/adminSocket.ts'
import { openSqlite } from '../../platform/db/db.sqlite.ts'
import { CannotStart } from '../../platform/db/failure.ts'
import { lockFolder } from '../../platform/db/lock.ts'
import { Refusal } from '../../platform/errors.ts'
import { holdable, holdOf, readMoved } from '../../platform/keeping/hold.ts'
import type { Config } from '../../config.ts'
import { EXIT, fail } from '../command.ts'

/** Writes of this installation held off by the command line, whether a node runs or not. */
export interface Holder {
  readonly token: string
  /** Throws when somebody may have written. */
  keep(): Promise<void>
  finish(to: string): Promise<void>
  end(): Promise<void>
  close(): Promise<void>
}

type Ask = (action: string, input: object) => Promise<unknown>

/** Asks the running node to hold off writes, or takes its place. `token` is that of a move to go on with. */
export async function takeHold(config: Config, path: string, token: string | null): Promise<Holder> {
  const mine = token === null ? {} : { token }
  const answer = await askAdmin(config.dataDir, 'begin_move', mine).catch(explain)
  if (answer !== NOT_RUNNING) {
    const ask: Ask = (action, input) => askRunning(config, action, input)
    return holderBy(ask, (answer as { token: string }).token, async () => {})
  }
  return takePlace(config, path, token)
}

/** The node that began to hold writes off has to be the one that goes on with it. */
async function askRunning({ dataDir }: Config, action: string, input: object): Promise<unknown> {
  const answer = await askAdmin(dataDir, action, input).catch(explain)
  if (answer === NOT_RUNNING) fail(EXIT.temporary, 'the node was stopped meanwhile. Go on with --resume.')
  return answer
}

function explain(error: unknown): never {
  if (!(error instanceof Refusal)) throw error
  if (error.reason === 'moving')
    fail(EXIT.temporary, 'another move is going on. Stop it, or wait half a minute.')
  if (error.reason === 'not_moving')
    fail(EXIT.temporary, 'the node writes again: it was not heard from us for half a minute. Use --resume.')
  return fail(EXIT.failed, error.details.detail ?? `the node refused (${error.reason}).`)
}

const holderBy = (ask: Ask, token: string, close: () => Promise<void>): Holder => ({
  token,
  keep: async () => void (await ask('keep_move', { token })),
  finish: async (to) => void (await ask('finish_move', { token, to })),
  end: async () => void (await ask('end_move', {})),
  close,
})

/** No node runs, and none can start as long as the folder is locked. */
async function takePlace(config: Config, path: string, known: string | null): Promise<Holder> {
  const lock = lockFolder(config.dataDir)
  const db = holdable(openSqlite(path))
  const close = async () => {
    await db.close()
    lock.release()
  }
  try {
    const moved = await readMoved(db)
    if (moved !== null) throw new CannotStart(3, `This database was moved to ${moved.to} already.`)
    const hold = holdOf(db)
    if (hold === undefined) throw new Error('only SQLite is moved from')
    const token = await hold.begin(known ?? undefined)
    return {
      token,
      keep: async () => hold.keep(token),
      finish: (to) => hold.finish(token, to),
      end: () => hold.end(),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Lets this database be served again; false when nothing kept it from that. */
export async function takeBack(config: Config, path: string): Promise<boolean> {
  const answer = await askAdmin(config.dataDir, 'end_move', {})
  if (answer !== NOT_RUNNING) return (answer as { was_moved: boolean }).was_moved

  const lock = lockFolder(config.dataDir)
  const db = holdable(openSqlite(path))
  try {
    const moved = await readMoved(db)
    await holdOf(db)?.end()
    return moved !== null
  } finally {
    await db.close()
    lock.release()
  }
}
