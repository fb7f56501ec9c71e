import { expect, test } from 'bun:test'
import { freshSqlite } from '../../testing/databases.ts'
import type { Db } from '../db/db.ts'
import { admitWrites, holdable, holdOf, readMoved } from './hold.ts'

const note = (db: Db, name: string) =>
  db.write((sql) => sql`insert into settings (name, value) values (${name}, '1')`)

const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error) => error.reason ?? String(error),
  )

async function heldDatabase(leaseMs?: number) {
  const fresh = await freshSqlite()
  const disk = { isFull: false }
  const write: Db['write'] = (...asked) =>
    disk.isFull ? Promise.reject(new Error('the disk is full')) : fresh.db.write(...asked)
  const db = holdable({ ...fresh.db, write }, leaseMs)
  const hold = holdOf(db)
  if (hold === undefined) throw new Error('nothing to hold')
  return { db, disk, hold, plain: fresh.db, close: fresh.close }
}

test('what was asked for before is written, what is asked for after is refused, until the end', async () => {
  const { db, hold, close } = await heldDatabase()

  const before = note(db, 'before')
  await hold.begin()
  const during = reasonOf(note(db, 'during'))

  await before
  expect(await during).toBe('moving')
  await hold.end()
  expect(await reasonOf(note(db, 'after'))).toBe('done')
  const rows = await db.read<{ name: string }>`select name from settings order by name`
  expect(rows.map(({ name }) => name)).toEqual(['after', 'before'])
  await close()
})

test('one who is no longer heard of loses the hold, and cannot end the move by it', async () => {
  const { db, hold, close } = await heldDatabase(1)

  const token = await hold.begin()
  while ((await reasonOf(note(db, 'later'))) === 'moving') await new Promise(setImmediate)

  expect(() => hold.keep(token)).toThrow('not_moving')
  expect(await reasonOf(hold.finish(token, 'postgres://there'))).toBe('not_moving')
  expect(await readMoved(db)).toBeNull()
  await close()
})

test('two do not move at once; who knows the token goes on', async () => {
  const { hold, close } = await heldDatabase()

  const token = await hold.begin()

  expect(await reasonOf(hold.begin())).toBe('moving')
  expect(await hold.begin(token)).toBe(token)
  await close()
})

test('a token is good as long as nothing was written since, and no longer', async () => {
  const { hold, plain, close } = await heldDatabase()
  const token = await hold.begin()

  // The process is gone; another one takes over, then a node starts.
  expect(await holdOf(holdable(plain))?.begin(token)).toBe(token)
  await admitWrites(plain)

  expect(await holdOf(holdable(plain))?.begin(token)).not.toBe(token)
  await close()
})

test('what was moved refuses writes for good, and is not admitted', async () => {
  const { db, hold, plain, close } = await heldDatabase(1)

  await hold.finish(await hold.begin(), 'postgres://there')

  expect(await reasonOf(note(db, 'lost'))).toBe('moving')
  expect(String(await admitWrites(plain).catch((error) => error))).toContain('was moved to postgres://there')
  await hold.end()
  expect(await admitWrites(plain)).toBeUndefined()
  await close()
})

test.each(['finish', 'end'] as const)(
  'who is heard of during the %s of a move is late: what was moved is not opened again by them',
  async (last) => {
    const { hold, plain, close } = await heldDatabase()
    const token = await hold.begin()

    const ended = last === 'end' ? hold.end() : hold.finish(token, 'postgres://there')
    for (const late of [token, 'ending', 'done']) expect(() => hold.keep(late)).toThrow('not_moving')
    expect(await reasonOf(hold.begin(token))).toBe('moving')
    await ended

    expect((await readMoved(plain))?.to ?? null).toBe(last === 'end' ? null : 'postgres://there')
    expect(() => hold.keep(token)).toThrow('not_moving')
    await close()
  },
)

test.each(['finish', 'end'] as const)(
  'writes are let in again when the disk is full at the %s of a move and nobody is heard of any more',
  async (last) => {
    const { db, disk, hold, close } = await heldDatabase(5)
    const token = await hold.begin()

    disk.isFull = true
    const failed = await reasonOf(last === 'end' ? hold.end() : hold.finish(token, 'postgres://there'))
    disk.isFull = false
    const refused = await reasonOf(note(db, 'meanwhile'))
    while ((await reasonOf(note(db, 'later'))) === 'moving') await new Promise(setImmediate)

    expect([failed, refused]).toEqual(['Error: the disk is full', 'moving'])
    expect(await readMoved(db)).toBeNull()
    await close()
  },
)
