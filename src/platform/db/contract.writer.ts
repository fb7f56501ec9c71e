import { writeSync } from 'node:fs'
import type { Id } from '../ids.ts'
import { openPostgres } from './db.postgres.ts'
import { openSqlite } from './db.sqlite.ts'
import type { OpenDb } from './db.ts'
import type { Failpoint } from './sqlite.group.ts'

// A process to be killed: writes for ever, and prints each id once its write is acknowledged.
// With the name of a failpoint it kills itself there, at the twentieth time.
const [path = '', place] = process.argv.slice(2)

let passed = 0
const failpoint: Failpoint = (name) => {
  if (name === place && ++passed === 20) process.kill(process.pid, 'SIGKILL')
}

const db: OpenDb = path.startsWith('postgres:') ? await openPostgres(path) : openSqlite(path, { failpoint })

async function writeForEver(line: number): Promise<void> {
  for (let n = 0; ; n++) {
    const id = `${line}-${n}`
    await db.write(
      async (sql) => {
        writeSync(1, `asked ${id}\n`)
        await sql`insert into notes (id, n) values (${id}, ${n})`
      },
      { turn: (line % 2 === 0 ? 'tea' : 'cake') as Id<'chat'> },
    )
    writeSync(1, `acked ${id}\n`)
  }
}

await Promise.all(Array.from({ length: 16 }, (_, line) => writeForEver(line)))
