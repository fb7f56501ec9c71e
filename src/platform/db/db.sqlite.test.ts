import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshSqlite } from '../../testing/databases.ts'
import { contract } from './db.contract.ts'
import { openSqlite } from './db.sqlite.ts'
import { jointContract } from './joint.contract.ts'
import { killContract, prepare, type Reopenable, readBack, writeUntilKilled } from './kill.contract.ts'
import { migrate } from './migrate.ts'
import { tagContract } from './tag.contract.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

async function createSqlite(): Promise<Reopenable> {
  const folder = mkdtempSync(join(tmpdir(), 'warren-kill-'))
  folders.push(folder)
  const path = join(folder, 'warren.db')
  const db = openSqlite(path)
  await migrate(db)
  await db.close()
  return { path, open: async () => openSqlite(path) }
}

describe('SQLite: writes', () => contract(freshSqlite))
describe('SQLite: joint writes', () => jointContract(freshSqlite))
describe('SQLite: statements', () => tagContract(freshSqlite))
describe('SQLite: kill -9', () => {
  killContract(createSqlite)

  test('before COMMIT nothing of the batch is kept, after it all of it is, acknowledged or not', async () => {
    const database = await createSqlite()
    await prepare(database)
    for (const failpoint of ['mid_group_commit', 'before_commit', 'after_commit'] as const) {
      const { asked, acked } = await writeUntilKilled(database.path, { failpoint })
      const { stored } = await readBack(database)

      expect(asked.size).toBeGreaterThan(acked.size)
      expect(stored).toEqual(failpoint === 'after_commit' ? asked : acked)
    }
  }, 30_000)
})
