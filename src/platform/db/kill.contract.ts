import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { createNotes } from './db.contract.ts'
import type { OpenDb } from './db.ts'

/** A migrated database that can be opened again after its process is gone. */
export interface Reopenable {
  path: string
  open(): Promise<OpenDb>
}

/** Kills a writing process and compares what it acknowledged with what is there (C1). */
export function killContract(create: () => Promise<Reopenable>): void {
  test('kill -9 at any moment keeps every acknowledged write', async () => {
    const database = await create()
    await prepare(database)
    for (const acks of [1, 100, 300]) {
      const { acked } = await writeUntilKilled(database.path, { acks })
      const { stored } = await readBack(database)

      expect(acked.size).toBeGreaterThanOrEqual(acks)
      expect([...acked].filter((id) => !stored.has(id))).toEqual([])
    }
  }, 30_000)
}

export async function prepare(database: Reopenable): Promise<void> {
  const db = await database.open()
  await createNotes(db)
  await db.close()
}

/** What is stored after a restart; the notes go, so that the next round may use the same ids. */
export async function readBack(database: Reopenable): Promise<{ stored: Set<string> }> {
  const db = await database.open()
  const rows = await db.write((sql) => sql<{ id: string }>`delete from notes returning id`)
  await db.close()
  return { stored: new Set(rows.map(({ id }) => id)) }
}

/** Runs the writer until it killed itself at `failpoint`, or is killed after so many acks. */
export async function writeUntilKilled(
  path: string,
  { acks = Number.POSITIVE_INFINITY, failpoint = '' },
): Promise<{ asked: Set<string>; acked: Set<string> }> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'contract.writer.ts'), path, failpoint], {
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const seen = { asked: new Set<string>(), acked: new Set<string>() }
  let rest = ''
  const decoder = new TextDecoder()
  for await (const bytes of child.stdout) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [event, id = ''] = line.split(' ')
      seen[event === 'acked' ? 'acked' : 'asked'].add(id)
    }
    if (seen.acked.size >= acks) child.kill('SIGKILL')
  }
  await child.exited
  expect(child.signalCode).toBe('SIGKILL')
  return seen
}
