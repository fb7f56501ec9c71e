import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { FreshDatabase } from '../../testing/databases.ts'
import { Refusal } from '../errors.ts'
import { addNote, cake, createNotes, tea } from './db.contract.ts'
import type { Joint, OpenDb } from './db.ts'

/** What both databases promise of writes that are carried out together. */
export function jointContract(open: () => Promise<FreshDatabase>): void {
  let fresh: FreshDatabase
  let db: OpenDb
  let calls: (readonly string[])[] = []

  beforeAll(async () => {
    fresh = await open()
    db = fresh.db
    await createNotes(db)
  })
  beforeEach(async () => {
    calls = []
    await db.write((sql) => sql`delete from notes`)
  })
  afterAll(() => fresh.close())

  const ids = async () => (await db.read<{ id: string }>`select id from notes order by n`).map(({ id }) => id)

  /** Stores each, and answers with its place among all. */
  const addAll: Joint<string, string> = async (sql, inputs) => {
    calls.push(inputs)
    const answers: (string | Refusal)[] = []
    for (const id of inputs) {
      const [row] = await sql<{ n: number }>`select count(*) as n from notes`
      if (id.startsWith('no')) answers.push(new Refusal('conflict', id))
      else {
        await addNote(sql, id, (row?.n ?? 0) + 1)
        answers.push(`${id} is ${(row?.n ?? 0) + 1}`)
      }
    }
    if (inputs.includes('break')) throw new Error('broken')
    if (inputs.includes('stick')) await new Promise(() => {})
    return answers
  }
  const ask = (id: string, turn = tea) => db.writeJointly(addAll, id, turn)
  const letters = (count: number) =>
    Array.from({ length: count }, (_, i) => String.fromCodePoint(97 + (i % 26)) + i)

  test('those of one joint and turn that wait are carried out together, each with its own answer, in their order', async () => {
    const asked = letters(20)
    const told: string[] = []
    const answers = await Promise.all(
      asked.map((id) =>
        ask(id).then((answer) => {
          told.push(id)
          return answer
        }),
      ),
    )

    expect(answers).toEqual(asked.map((id, i) => `${id} is ${i + 1}`))
    expect(told).toEqual(asked)
    expect(calls.flat()).toEqual(asked)
    expect(calls.length).toBeLessThan(asked.length)
    expect(await ids()).toEqual(asked)
  })

  test('a refusal in its place refuses that one alone', async () => {
    const outcomes = await Promise.allSettled(['a', 'b', 'no', 'c'].map((id) => ask(id)))

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[2]).toMatchObject({ reason: { code: 'conflict', reason: 'no' } })
    expect(await ids()).toEqual(['a', 'b', 'c'])
  })

  test('a bug that one of them meets is its own: the others are carried out without it', async () => {
    const first = ask('a')
    const before = db.write((sql) => addNote(sql, 'b', 50), { turn: tea })
    const broken = ['c', 'break', 'd'].map((id) => ask(id))
    const after = db.write((sql) => addNote(sql, 'e', 51), { turn: tea })
    const outcomes = await Promise.allSettled(broken)
    await Promise.all([first, before, after])

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { message: 'broken' } })
    expect((await ids()).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('one that awaits something foreign is rolled back and is a bug', async () => {
    const outcomes = await Promise.allSettled(['a', 'stick'].map((id) => ask(id)))
    await ask('b')

    expect(String((outcomes[1] as PromiseRejectedResult).reason)).toContain('awaited something other')
    expect(await ids()).toEqual(['a', 'b'])
  })

  test('a write between them, another turn and another joint part them: nothing overtakes', async () => {
    const other: Joint<string, string> = (sql, inputs) => addAll(sql, inputs)
    await Promise.all([
      ask('a'),
      ask('b'),
      ask('c'),
      db.write((sql) => addNote(sql, 'between', 100), { turn: tea }),
      ask('d'),
      db.writeJointly(other, 'e', tea),
      ask('f'),
      ask('g', cake),
    ])

    const together = calls.map((inputs) => inputs.join(''))
    for (const pair of ['cd', 'de', 'df', 'ef', 'fg']) expect(together.join(' ')).not.toContain(pair)
  })
}
