import { expect, test } from 'bun:test'
import type { Sql } from './db.ts'
import type { Connection } from './postgres.connection.ts'
import { transact } from './postgres.transaction.ts'
import { newWrite } from './write.ts'

/** A server that answers each script by `answer` and every statement by no rows. */
function connectTo(answer: (script: string) => string) {
  const said: string[] = []
  const connection: Connection = {
    query: async (text) => {
      said.push(text)
      return []
    },
    run: async (script) => {
      said.push(script.trim())
      return answer(script)
    },
    gone: false,
    openedAt: 0,
    answeredAt: 0,
    drop: () => void said.push('dropped'),
    end: async () => {},
  }
  const pool = {
    take: async () => connection,
    give() {},
    distrust() {},
    trouble: null,
    close: async () => {},
  }
  const write = (work: (sql: Sql) => Promise<unknown>) => {
    const asked = newWrite(work)
    void transact({ pool, use: 'writes', answerMs: 1000 }, [asked])
    return asked.promise
  }
  return { said, write }
}

const refusal = Object.assign(new Error('too late'), { code: '57014' })
const readAndChange = async (sql: Sql) => {
  await sql`select a`
  await sql`insert b`
}

test('what reads is sent together with begin, what changes after its answer', async () => {
  const { said, write } = connectTo((script) => script.toUpperCase())

  await write(async (sql) => {
    await Promise.all([sql`select a`, sql`insert b`, sql`select c`])
  })

  expect(said).toEqual(['begin', 'select a', 'insert b', 'select c', 'commit'])
})

test('a begin that is refused takes everything with it: no change stands without a transaction', async () => {
  const { said, write } = connectTo((script) => {
    if (script.startsWith('begin')) throw refusal
    return script.toUpperCase()
  })

  await expect(write(readAndChange)).rejects.toMatchObject({ code: 'unavailable' })
  expect(said).toEqual(['begin', 'select a', 'rollback'])
})

test('a commit that the server answers by ROLLBACK has stored nothing', async () => {
  const { said, write } = connectTo(() => 'ROLLBACK')

  await expect(write(readAndChange)).rejects.toMatchObject({ code: 'unavailable' })
  expect(said).toEqual(['begin', 'select a', 'insert b', 'commit', 'rollback'])
})
