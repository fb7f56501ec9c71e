import { Database } from 'bun:sqlite'
import { readFileSync } from 'node:fs'

export interface Audit {
  acknowledged: number
  /** Acknowledged, and not there under its place. */
  lost: number
  /** There more than once. */
  doubled: number
}

/** After a `kill -9`: whether all that was acknowledged is in the database, each once and in the place that was told. */
export function auditAcks(acksPath: string, databasePath: string): Audit {
  const db = new Database(databasePath)
  const find = db.query<{ seq: number }, [string, string]>(
    'select seq from messages where client_id = ? and chat_id = ?',
  )
  const audit: Audit = { acknowledged: 0, lost: 0, doubled: 0 }
  db.run('create index if not exists bench_client on messages (client_id)')
  for (const line of readFileSync(acksPath, 'utf8').split('\n').filter(Boolean)) {
    const [clientId = '', chatId = '', seq] = line.split(' ')
    const rows = find.all(clientId, chatId)
    audit.acknowledged++
    if (!rows.some((row) => row.seq === Number(seq))) audit.lost++
    if (rows.length > 1) audit.doubled++
  }
  const { integrity_check } = db.query('pragma integrity_check').get() as { integrity_check: string }
  db.close()
  if (integrity_check !== 'ok') throw new Error(`the database is broken: ${integrity_check}`)
  return audit
}
