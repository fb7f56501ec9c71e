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
