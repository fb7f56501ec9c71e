import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { newId } from '../platform/ids.ts'
import { addMember, removeMember } from '../chats/index.ts'
import { reasonOf } from '../testing/app.ts'
import { engines } from '../testing/engines.ts'
import type { MessageWire } from '../timeline/index.ts'
import { type HistoryBounds, loadHistory } from './history.ts'
import { deleteMessage } from './remove.ts'
import { idOf, openScene, type Scene } from './scene.ts'

for (const [engine, fresh] of engines) {
  describe(`history (${engine})`, () => {
    let scene: Scene
    let said: MessageWire[]
    beforeAll(async () => {
      scene = await openScene(fresh)
      said = await Promise.all(Array.from({ length: 10 }, (_, i) => scene.says(scene.ann, `${i + 1}`)))
    })
    afterAll(() => scene.close())

    const load = (bounds: Partial<HistoryBounds>) =>
      loadHistory(scene.app, scene.ann, { chatId: scene.tea, limit: 4, ...bounds })
    const seqs = async (bounds: Partial<HistoryBounds>) => {
      const { data, page } = await load(bounds)
      return [data.map(({ seq }) => seq), page.before, page.after]
    }

    test('without bounds it is the newest, oldest first', async () => {
      expect(await seqs({})).toEqual([[7, 8, 9, 10], 7, null])
      expect(await seqs({ limit: 100 })).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], null, null])
    })

    test('bounds are exclusive, and each page says what is further that way', async () => {
      expect(await seqs({ before: 7 })).toEqual([[3, 4, 5, 6], 3, 6])
      expect(await seqs({ before: 5 })).toEqual([[1, 2, 3, 4], null, 4])
      expect(await seqs({ after: 4 })).toEqual([[5, 6, 7, 8], 5, 8])
      expect(await seqs({ after: 6 })).toEqual([[7, 8, 9, 10], 7, null])
    })

    test('since a place it stands in the page, with a third of it above', async () => {
      expect(await seqs({ since: 6, limit: 6 })).toEqual([[4, 5, 6, 7, 8, 9], 4, 9])
      expect(await seqs({ since: 2, limit: 6 })).toEqual([[1, 2, 3, 4, 5, 6], null, 6])
    })

    test('an empty page lies where it was asked for', async () => {
      expect(await seqs({ before: 1 })).toEqual([[], null, 0])
      expect(await seqs({ after: 10 })).toEqual([[], 11, null])
    })

    test('around a message it is in the middle', async () => {
      expect(await seqs({ around: idOf(said[4]!), limit: 5 })).toEqual([[3, 4, 5, 6, 7], 3, 7])
      expect(await seqs({ around: idOf(said[0]!), limit: 5 })).toEqual([[1, 2, 3, 4, 5], null, 5])
      expect(await seqs({ around: idOf(said[9]!), limit: 5 })).toEqual([[8, 9, 10], 8, null])
    })

    test('the rev is the chat’s in the same moment, and tombstones keep their places', async () => {
      const stone = await deleteMessage(scene.app, { userId: scene.ann, messageId: idOf(said[8]!) })
      const { data, rev } = await load({})

      expect(rev).toBe(stone.rev)
      expect(data.map(({ seq, content }) => [seq, content])).toContainEqual([9, ''])
    })

    test('a page is cut at 256 KiB, by what is furthest, and says that there is more', async () => {
      const chatId = await scene.chat({ kind: 'group', name: 'long' })
      const long = '<&">'.repeat(3_990)
      const all: MessageWire[] = []
      for (let i = 0; i < 30; i++) all.push(await scene.says(scene.ann, `${long}${i}`, { chatId }))
      const [first, last] = [all[0]!.seq, all.at(-1)!.seq]
      const middle = all[15]!
      const page = async (bounds: Partial<HistoryBounds>) => {
        const { data, page } = await loadHistory(scene.app, scene.ann, { chatId, limit: 60, ...bounds })
        expect(JSON.stringify(data).length).toBeLessThan(256 * 1024)
        expect(data.length).toBeGreaterThan(10)
        return { seqs: data.map(({ seq }) => seq), ...page }
      }

      const newest = await page({})
      expect([newest.seqs.at(-1), newest.after]).toEqual([last, null])
      expect(newest.before).toBe(newest.seqs[0]!)
      const older = await page({ before: newest.before! })
      expect([older.seqs.at(-1), older.before]).toEqual([newest.before! - 1, older.seqs[0]!])
      const newer = await page({ after: first })
      expect([newer.seqs[0], newer.after]).toEqual([first + 1, newer.seqs.at(-1)!])
      for (const bounds of [{ around: idOf(middle) }, { since: middle.seq }]) {
        const { seqs, before, after } = await page(bounds)
        expect(seqs).toContain(middle.seq)
        expect(seqs).toContain(middle.seq + 1)
        expect([before, after]).toEqual([seqs[0]!, seqs.at(-1)!])
      }
    })

    test('a message that is too large for a page has one for itself', async () => {
      const chatId = await scene.chat({ kind: 'group', name: 'huge' })
      const message = await scene.says(scene.ann, 'x', { chatId })
      await scene.says(scene.ann, 'y', { chatId })
      const html = 'x'.repeat(300 * 1024)
      await scene.app.db.write((sql) => sql`update messages set html = ${html} where id = ${message.id}`)

      const { data, page } = await loadHistory(scene.app, scene.ann, {
        chatId,
        limit: 9,
        after: message.seq - 1,
      })

      expect([data.map(({ seq }) => seq), page.after]).toEqual([[message.seq], message.seq])
    })

    test('one bound at a time', async () => {
      expect(await reasonOf(load({ before: 3, after: 1 }))).toBe('bounds')
    })

    test('a message of another chat, or of none, is around nothing (S-11)', async () => {
      const chatId = await scene.chat({ kind: 'group', name: 'other' })
      const elsewhere = idOf(await scene.says(scene.ann, 'x', { chatId }))

      expect(await reasonOf(load({ around: elsewhere }))).toBe('message')
      expect(await reasonOf(load({ around: newId<'message'>() }))).toBe('message')
    })

    test('a stranger and a removed member read nothing, a new member reads all (S-13)', async () => {
      const chatId = await scene.chat({ kind: 'group', name: 'late', memberIds: [scene.bo] })
      await scene.says(scene.ann, 'early words', { chatId })
      await removeMember(scene.app, scene.ann, { chatId, userId: scene.bo })
      const read = (userId: Scene['ann']) => loadHistory(scene.app, userId, { chatId, limit: 1, after: 0 })

      expect(await reasonOf(read(scene.cy))).toBe('chat')
      expect(await reasonOf(read(scene.bo))).toBe('chat')
      await addMember(scene.app, scene.ann, { chatId, userId: scene.cy })
      expect((await read(scene.cy)).data[0]?.content).toBe('early words')
    })
  })
}
