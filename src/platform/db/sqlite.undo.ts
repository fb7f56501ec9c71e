import type { Database } from 'bun:sqlite'
import { type Bound, run } from './sqlite.statements.ts'

/** How a failed write is taken out of a batch while the others stand. */
export interface Undo {
  /** After `begin`: nothing is remembered of another batch. */
  startBatch(): void
  /** Before a write. One that also runs scripts cannot be remembered. */
  enter(runsScripts: boolean): void
  /** Before a statement that may change something. */
  remember(change: Bound): void
  /** After a write: what a failed one changed is gone. Throws when the engine did; then the batch is lost. */
  leave(failed: boolean): void
  close(): void
}

/**
 * A savepoint for each write costs a quarter more, for within one SQLite keeps a copy of every page that is changed,
 * for every write anew. Failures after a change are rare, so they pay: the transaction is begun anew and the changes of the
 * writes before are repeated, in their order. Nobody else writes, and no statement asks for time or chance, so they
 * find what they found and do what they did. After one such failure the rest of the batch has its savepoints.
 */
export function openUndo(connection: Database): Undo {
  const steps = {
    begin: connection.prepare('begin immediate'),
    rollback: connection.prepare('rollback'),
    savepoint: connection.prepare('savepoint w'),
    release: connection.prepare('release w'),
    toSavepoint: connection.prepare('rollback to w'),
  }
  let changes: Bound[] = []
  /** Where the current write begins. */
  let from = 0
  let isCareful = false
  let hasSavepoint = false

  function repeat(): void {
    steps.rollback.run()
    steps.begin.run()
    changes.length = from
    for (const change of changes) run(change)
    isCareful = true
  }

  return {
    startBatch() {
      changes = []
      isCareful = false
    },
    enter(runsScripts) {
      from = changes.length
      // What runs a script is not repeated, nor is anything before it from then on.
      if (runsScripts) isCareful = true
      hasSavepoint = isCareful
      if (hasSavepoint) steps.savepoint.run()
    },
    remember(change) {
      if (!isCareful) changes.push(change)
    },
    leave(failed) {
      if (hasSavepoint) {
        if (failed) steps.toSavepoint.run()
        steps.release.run()
      } else if (failed && changes.length > from) repeat()
    },
    close() {
      for (const step of Object.values(steps)) step.finalize()
    },
  }
}
