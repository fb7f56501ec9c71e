// The least that storing can cost: rows of the same table into the same schema, in batches of one size, each batch
// flushed. With `send` also what a send changes beside: the head of its chat and the mark of its sender.
// inserts.ts DATABASE BATCH CONTENT row|send
import { Database } from 'bun:sqlite'

const [path = '', batchSize = '', contentLength = '', what = 'row'] = process.argv.slice(2)
const db = new Database(path)
db.run('pragma synchronous = full')
db.run('pragma foreign_keys = on')
db.run('pragma cache_size = -8000')

const {
  id: chatId,
  last_seq,
  rev,
  created_by,
} = db.query('select id, last_seq, rev, created_by from chats limit 1').get() as {
  id: string
  last_seq: number
  rev: number
  created_by: string
}
const insert =
  db.prepare(`insert into messages (id, chat_id, seq, rev, sender_id, client_id, original_hash, kind,
  content, html, reply_to, system, mentions, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
const head = db.prepare('update chats set rev = ?, last_seq = ?, changed_at = ? where id = ?')
const mark = db.prepare('update members set last_read_seq = ?, read_at = ? where chat_id = ? and user_id = ?')
const begin = db.prepare('begin immediate')
const commit = db.prepare('commit')
const content = 'the quick brown fox jumps over '.repeat(100).slice(0, Number(contentLength))
let stored = 0

function storeBatch(): void {
  begin.run()
  for (let i = 0; i < Number(batchSize); i++) {
    stored++
    insert.run(
      ...[Bun.randomUUIDv7(), chatId, last_seq + stored, rev + stored, created_by, Bun.randomUUIDv7()],
      ...['x'.repeat(43), 'text', content, null, null, null, '[]', Date.now()],
    )
    if (what === 'row') continue
    head.run(rev + stored, last_seq + stored, Date.now(), chatId)
    mark.run(last_seq + stored, Date.now(), chatId, created_by)
  }
  commit.run()
}

console.log('ready')
for await (const line of console) {
  const seconds = Number(line.split(' ')[1])
  const before = stored
  const cpu = process.cpuUsage()
  const began = performance.now()
  while (performance.now() - began < seconds * 1000) storeBatch()
  const { user, system } = process.cpuUsage(cpu)
  console.log(JSON.stringify({ sends: stored - before, serverCpu: (user + system) / 1e6 }))
}
