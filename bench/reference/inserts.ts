// The least that storing can cost: rows like those of a send into the same schema, with all its indexes, keys and
// checks, in batches of one size, each batch flushed (WAL, synchronous=FULL). Nothing is asked, decided or told.
// With `send` also what sends change beside, once a batch: the head of their chat and the mark of their sender.
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
      ...['x'.repeat(13), 'text', content, null, null, null, '[]', Date.now()],
    )
  }
  if (what === 'send') {
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
