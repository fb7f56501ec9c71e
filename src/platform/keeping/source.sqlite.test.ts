import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite } from '../db/db.sqlite.ts'
import { openSqliteSource } from './source.sqlite.ts'

test('however much is read, whoever keeps a lease meanwhile is heard', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'warren-source-'))
  const path = join(folder, 'warren.db')
  await openSqlite(path).close()
  const source = openSqliteSource(path)
  const began = performance.now()
  const heardAt = [began]
  const keeping = setInterval(() => heardAt.push(performance.now()), 1)

  let rows = 0
  const many =
    'with recursive n (i) as (select 1 union all select i + 1 from n where i < 300000) select i from n'
  for await (const batch of source.rows(many)) rows += batch.length
  const ended = performance.now()
  clearInterval(keeping)

  const silences = [...heardAt, ended].map((at, i) => at - (heardAt[i - 1] ?? began))
  expect(rows).toBe(300_000)
  expect(Math.max(...silences)).toBeLessThan((ended - began) / 3)
  await source.close()
  rmSync(folder, { recursive: true })
})
