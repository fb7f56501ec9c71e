import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { FreshDatabase } from '../../testing/databases.ts'
import { addNote, createNotes } from './db.contract.ts'
import type { OpenDb, Span, Value } from './db.ts'

/** What a statement may hold and what comes back, the same on both databases. */
export function tagContract(open: () => Promise<FreshDatabase>): void {
  let fresh: FreshDatabase
  let db: OpenDb

  beforeAll(async () => {
    fresh = await open()
    db = fresh.db
    await createNotes(db)
    await db.write(async (sql) => {
      for (let n = 1; n <= 9; n++) await addNote(sql, `n${n}`, n)
    })
  })
  afterAll(() => fresh.close())

  test('a list of any length matches exactly its members', async () => {
    for (const length of [0, 1, 2, 3, 4, 5, 8, 9]) {
      const wanted = Array.from({ length }, (_, i) => `n${i + 1}`)
      const found = await db.read<{ id: string }>`
        select id from notes where id in ${db.read.list(wanted)} and n < ${100} order by n`
      expect(found.map(({ id }) => id)).toEqual(wanted)
    }
  })

  test('two lists in one statement keep to themselves', async () => {
    const found = await db.read`
      select id from notes where id in ${db.read.list(['n1', 'n2', 'n3'])} and n in ${db.read.list([2, 3, 4, 5, 6])}
      order by n`

    expect(found).toEqual([{ id: 'n2' }, { id: 'n3' }])
  })

  test('every integer comes back as a number', async () => {
    const [row] = await db.read`
      select max(n) as top, count(*) as many, sum(n) as total, max(n) + 1700000000000 as later, null as absent from notes`

    expect(row).toEqual({ top: 9, many: 9, total: 45, later: 1_700_000_000_009, absent: null })
  })

  test('a comparison comes back as 0 or 1', async () => {
    expect(
      await db.read`select n > 5 as many from notes where n in ${db.read.list([5, 6])} order by n`,
    ).toEqual([{ many: 0 }, { many: 1 }])
  })

  test('text of any kind, the largest numbers and bytes survive (S-24)', async () => {
    const text = `'"; drop table notes; -- \\ ё 👩‍🚀 \n\t $1 ?`
    const bytes = new Uint8Array([0, 1, 127, 128, 255])
    const [row] = await db.write(async (sql) => {
      await sql`insert into notes (id, n, bytes) values (${text}, ${Number.MAX_SAFE_INTEGER}, ${bytes})`
      return sql<{
        id: string
        n: number
        bytes: Uint8Array
      }>`delete from notes where id = ${text} returning id, n, bytes`
    })

    expect(row).toMatchObject({ id: text, n: Number.MAX_SAFE_INTEGER })
    expect(new Uint8Array(row!.bytes)).toEqual(bytes)
  })

  test('texts as rows of one column, some of them twice, and a word that takes what nobody else holds', async () => {
    for (const names of [['n1'], ['n1', 'nobody', 'n2'], ['n1', 'n2', 'n3', 'n4', 'n5']]) {
      const found = await db.write(
        (sql) => sql<{ id: string }>`
          select distinct id from (
            select id from notes join ${sql.rows(names)} as name on name.column1 = id ${sql.skipLocked}) as found`,
      )
      expect(found.map(({ id }) => id).toSorted()).toEqual(names.filter((name) => name !== 'nobody'))
    }
  })

  test('pairs that are looked for together', async () => {
    const pairs = [
      ['n1', 'n1'],
      ['n2', 'n3'],
      ['n4', 'n4'],
    ]
    const found = await db.read`select id from notes where (id, id) in ${db.read.rows(pairs)} order by n`

    expect(found).toEqual([{ id: 'n1' }, { id: 'n4' }])
  })

  test('parts of several logs: behind one rev, up to another', async () => {
    const spansOf = async (spans: readonly Span[]) => {
      const found = await db.read<{ chat_id: string; rev: number }>`
        select chat_id, rev from (select id as chat_id, n as rev from notes where n > ${0}) as log
        where ${db.read.spans(spans)} order by rev`
      return found.map(({ rev }) => rev)
    }
    const span = (n: number, after: number, until: number) => [`n${n}` as Span[0], after, until] as const

    expect(await spansOf([])).toEqual([])
    expect(await spansOf([span(3, 2, 3)])).toEqual([3])
    expect(
      await spansOf([span(1, 1, 9), span(2, 0, 1), span(4, 3, 4), span(6, 0, 9), span(8, 7, 8)]),
    ).toEqual([4, 6, 8])
  })

  test('a write of one turn holds all rows that it asks for', async () => {
    const held = await db.write((sql) => sql.hold('chats', ['tea', 'cake', 'nowhere']))

    expect(held).toEqual(new Set(['tea', 'cake', 'nowhere']))
    await expect(db.read.hold('chats', ['tea'])).rejects.toThrow('outside of a write')
  })

  test('what is neither text, number, bytes nor null is refused (S-24)', async () => {
    const word = { values: [], word: 'or true' }
    for (const value of [undefined, true, 1n, new Date(), { a: 1 }, Number.NaN, () => 1, word]) {
      await expect(db.read`select id from notes where id = ${value as Value}`).rejects.toThrow(
        'of a statement is',
      )
      const list = db.read.list(['n1', 'n2', value as Value])
      await expect(db.read`select id from notes where id in ${list}`).rejects.toThrow('of a statement is')
    }
  })

  test('reads cannot write (S-24)', async () => {
    if (db.dialect === 'sqlite') await expect(addNote(db.read, 'x')).rejects.toThrow()
    await expect(db.view((sql) => addNote(sql, 'x'))).rejects.toThrow()
  })

  test('a repeat of a key is told from an error of the statement by its code', async () => {
    const repeat = db.write((sql) => addNote(sql, 'n1'))

    await expect(repeat).rejects.toMatchObject({
      code: db.dialect === 'sqlite' ? 'SQLITE_CONSTRAINT_PRIMARYKEY' : '23505',
    })
  })
}
