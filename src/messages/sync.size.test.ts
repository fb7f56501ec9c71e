import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Id, newId } from '../platform/ids.ts'
import { engines } from '../testing/engines.ts'
import { openScene, type Scene } from './scene.ts'
import { type Syncing, syncChats } from './sync.ts'
import type { SyncWire } from './wire.ts'

const CHATS = 2_000
const REV = 3
const KIB_256 = 256 * 1024
/** What an answer brings at least, of messages as short as these. */
const ROWS = 75

const sizeOf = (answer: SyncWire) =>
  Buffer.byteLength(JSON.stringify({ type: 'ack', ref: 'x'.repeat(64), data: answer }))

for (const [engine, fresh] of engines) {
  describe(`thousands of chats (${engine})`, () => {
    let scene: Scene
    let ids: Id<'chat'>[]
    beforeAll(async () => {
      scene = await openScene(fresh)
      ids = await addChats(scene)
    }, 60_000)
    afterAll(() => scene.close())

    /** Asks until nothing more is said to be there, as the protocol has it. */
    async function catchUp(from: Record<string, number>, more: Partial<Syncing> = {}) {
      const mine: Record<string, number> = { ...from }
      const said = new Map<string, number>()
      let rounds = 0
      for (let isMore = true; isMore && rounds < 100; rounds++) {
        const answer = await syncChats(scene.app, { userId: scene.bo, chats: mine, ...more })
        expect(sizeOf(answer)).toBeLessThanOrEqual(KIB_256)
        for (const [id, { rev, messages, after }] of Object.entries(answer.chats)) {
          said.set(id, (said.get(id) ?? 0) + messages.length)
          if (rev > after) mine[id] = rev
        }
        isMore = Object.values(answer.chats).some((page) => page.more)
      }
      return { mine, said, rounds }
    }
    const at = (rev: number, of = ids) => Object.fromEntries(of.map((id) => [id, rev]))

    test('what was said in each of them comes in few answers of bounded size (C11)', async () => {
      const { mine, said, rounds } = await catchUp({ ...at(REV - 1), [scene.tea]: 3 })

      expect(mine).toMatchObject(at(REV))
      expect(ids.every((id) => said.get(id) === 1)).toBe(true)
      expect(rounds).toBeLessThanOrEqual(CHATS / ROWS)
    }, 30_000)

    test('who knows nothing of them meets all of them in few answers of bounded size (C11)', async () => {
      const { mine, rounds } = await catchUp({})

      expect(mine).toMatchObject(at(REV))
      expect(rounds).toBeLessThanOrEqual(CHATS / ROWS)
    }, 30_000)

    test('who has missed nothing is answered once, with as many entries as fit', async () => {
      const answer = await syncChats(scene.app, { userId: scene.bo, chats: at(REV) })

      expect(sizeOf(answer)).toBeLessThanOrEqual(KIB_256)
      expect(Object.keys(answer.chats).length).toBeGreaterThan(1000)
      expect(Object.values(answer.chats).some(({ more }) => more)).toBe(false)
    })

    test('what is theirs no more counts as well', async () => {
      const gone = Object.fromEntries(Array.from({ length: 1500 }, () => [newId<'chat'>(), 1]))
      const answer = await syncChats(scene.app, { userId: scene.bo, chats: { ...at(REV), ...gone } })

      expect(answer.removed.length).toBe(1500)
      expect(sizeOf(answer)).toBeLessThanOrEqual(KIB_256)
    })

    test('of a range all chats are answered, and no others', async () => {
      const [after, until] = [ids[499], ids[999]]
      const { mine, rounds } = await catchUp(at(REV - 1, ids.slice(500, 700)), { after, until })

      expect(mine).toEqual(at(REV, ids.slice(500, 1000)))
      expect(rounds).toBeLessThanOrEqual(500 / ROWS)
    })
  })
}

/** Ann's, with bo in them, by id: something was said once in each. */
async function addChats({ app, ann, bo }: Scene): Promise<Id<'chat'>[]> {
  const ids = Array.from({ length: CHATS }, () => newId<'chat'>()).sort()
  await app.db.write(async (sql) => {
    for (const id of ids) {
      await sql`
        insert into chats (id, kind, visibility, name, created_by, rev, last_seq, info_rev, member_count, changed_at,
          created_at, updated_at)
        values (${id}, 'group', 'private', 'Tea', ${ann}, ${REV}, 1, 1, 2, 1, 1, 1)`
      await sql`
        insert into members (chat_id, user_id, role, rev, joined_at)
        values (${id}, ${ann}, 'owner', 1, 1), (${id}, ${bo}, 'member', 2, 1)`
      await sql`
        insert into messages (id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content, created_at)
        values (${newId()}, ${id}, 1, ${REV}, ${ann}, ${newId()}, '', 'text', 'hi', 1)`
    }
  })
  return ids
}
