import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { newId } from '../platform/ids.ts'
import { readCounts, readHeads, requireMember } from '../chats/index.ts'
import { reasonOf } from '../testing/app.ts'
import { engines } from '../testing/engines.ts'
import { listChanges } from './changes.ts'
import { editMessage } from './edit.ts'
import { markMessageRead, markRead } from './markRead.ts'
import { markUnread } from './markUnread.ts'
import { listReads } from './reads.ts'
import { deleteMessage } from './remove.ts'
import { idOf, openScene, type Scene } from './scene.ts'
import { sendMessage } from './send.ts'

for (const [engine, fresh] of engines) {
  describe(`marks (${engine})`, () => {
    let scene: Scene
    beforeAll(async () => {
      scene = await openScene(fresh)
    })
    afterAll(() => scene.close())

    const fill = async (count: number) => {
      const chatId = await scene.chat({ kind: 'group', name: 'M', memberIds: [scene.bo] })
      for (let i = 1; i <= count; i++) await scene.says(scene.ann, i % 2 ? `hi @bo ${i}` : `${i}`, { chatId })
      scene.told.length = 0
      return chatId
    }

    test('reading tells the chat how far, and the reader’s own devices what is left', async () => {
      const chatId = await fill(4)
      const marked = await markRead(scene.app, { userId: scene.bo, chatId, seq: 2 })

      expect(marked).toEqual({ last_read_seq: 2, unread: 2, mentions: 1 })
      expect(scene.told).toEqual([
        {
          to: 'whisper',
          id: chatId,
          frame: { type: 'message_read', data: { chat_id: chatId, user_id: scene.bo, seq: 2 } },
        },
        { to: 'mark', id: `${scene.bo}:${chatId}`, rev: 2 },
        {
          to: 'user',
          id: scene.bo,
          frame: {
            type: 'me_updated',
            data: {
              chat_id: chatId,
              me: expect.objectContaining({ last_read_seq: 2, unread: 2, mentions: 1 }),
            },
          },
        },
      ])
    })

    test('a mark never goes back, and what changes nothing is not told', async () => {
      const chatId = await fill(3)
      await markRead(scene.app, { userId: scene.bo, chatId, seq: 3 })
      scene.told.length = 0

      expect(await markRead(scene.app, { userId: scene.bo, chatId, seq: 1 })).toEqual({
        last_read_seq: 3,
        unread: 0,
        mentions: 0,
      })
      expect(scene.told).toEqual([])
    })

    test('of many marks at once the furthest stands', async () => {
      const chatId = await fill(5)
      await Promise.all([3, 5, 1, 4, 2].map((seq) => markRead(scene.app, { userId: scene.bo, chatId, seq })))

      expect((await requireMember(scene.app.db.read, chatId, scene.bo)).member.last_read_seq).toBe(5)
    })

    test('a place that nothing has yet cannot be read', async () => {
      const chatId = await fill(1)

      expect(await reasonOf(markRead(scene.app, { userId: scene.bo, chatId, seq: 2 }))).toBe(
        'seq_beyond_last',
      )
      expect(await reasonOf(markUnread(scene.app, { userId: scene.bo, chatId, seq: 2 }))).toBe(
        'seq_beyond_last',
      )
      expect(scene.told).toEqual([])
    })

    test('a stranger has no mark (S-10)', async () => {
      const chatId = await fill(1)

      expect(await reasonOf(markRead(scene.app, { userId: scene.cy, chatId, seq: 1 }))).toBe('chat')
      expect(await reasonOf(markUnread(scene.app, { userId: scene.cy, chatId, seq: 1 }))).toBe('chat')
    })

    test('a message can be named instead of its place', async () => {
      const chatId = await fill(1)
      const messageId = idOf(await scene.says(scene.ann, 'this one', { chatId }))

      expect(await markMessageRead(scene.app, { userId: scene.bo, messageId })).toMatchObject({
        last_read_seq: 2,
      })
    })

    test('marked unread, counts start there until the next read, and nobody else hears of it', async () => {
      const chatId = await fill(4)
      await markRead(scene.app, { userId: scene.bo, chatId, seq: 4 })
      scene.told.length = 0
      const me = await markUnread(scene.app, { userId: scene.bo, chatId, seq: 3 })
      const told = scene.told.splice(0)
      await scene.says(scene.bo, 'still there', { chatId })
      const { member } = await requireMember(scene.app.db.read, chatId, scene.bo)
      const after = await markRead(scene.app, { userId: scene.bo, chatId, seq: 4 })

      expect(me).toMatchObject({ last_read_seq: 4, unread_from: 3, unread: 2, mentions: 1 })
      expect(told.map(({ to, id, frame }) => [to, id, frame?.type])).toEqual([
        ['user', scene.bo, 'me_updated'],
      ])
      expect(member.unread_from).toBe(3)
      expect(after).toMatchObject({ last_read_seq: 5, unread: 0 })
      expect((await requireMember(scene.app.db.read, chatId, scene.bo)).member.unread_from).toBeNull()
    })

    test('who has read a message is who has come as far', async () => {
      const chatId = await fill(1)
      const messageId = idOf(await scene.says(scene.ann, 'read me', { chatId }))
      const before = await listReads(scene.app, { userId: scene.ann, messageId })
      await markRead(scene.app, { userId: scene.bo, chatId, seq: 2 })
      const after = await listReads(scene.app, { userId: scene.ann, messageId })

      expect(before.map(({ user_id }) => user_id)).toEqual([scene.ann])
      expect(after.map(({ user_id, seq }) => [user_id, seq]).sort()).toEqual(
        [
          [scene.ann, 2],
          [scene.bo, 2],
        ].sort(),
      )
    })

    test('in a large chat everybody sees only how far they have read themselves', async () => {
      const chatId = await fill(1)
      await scene.app.db.write((sql) => sql`update chats set member_count = 101 where id = ${chatId}`)
      await markRead(scene.app, { userId: scene.bo, chatId, seq: 1 })
      const { reads } = await listChanges(scene.app, { userId: scene.bo, chatId, after: 0 })

      expect(scene.told.map(({ to, id }) => [to, id])).toEqual([
        ['user', scene.bo],
        ['mark', `${scene.bo}:${chatId}`],
        ['user', scene.bo],
      ])
      expect(reads.map(({ user_id }) => user_id)).toEqual([scene.bo])
    })
  })
}

type Doing =
  | { do: 'say'; by: number; to: number }
  | { do: 'edit' | 'delete'; at: number; to: number }
  | { do: 'read' | 'unread'; by: number; at: number }

const doing: fc.Arbitrary<Doing> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('say' as const), by: fc.nat(1), to: fc.nat(4) }) },
  fc.record({ do: fc.constantFrom('edit' as const, 'delete' as const), at: fc.nat(30), to: fc.nat(4) }),
  fc.record({ do: fc.constantFrom('read' as const, 'unread' as const), by: fc.nat(1), at: fc.nat(30) }),
)
const TO = ['nobody', '@ann', '@bo', '@here', '@channel']

test.each(engines)(
  'unread and mentions are what a naive recount finds, whatever was done (%s)',
  async (_, fresh) => {
    const scene = await openScene(fresh)
    const run = async (doings: Doing[]) => {
      const chatId = await scene.chat({ kind: 'group', name: 'P', memberIds: [scene.bo] })
      const people = [scene.ann, scene.bo] as const
      const said: { by: number; id: ReturnType<typeof idOf>; text: string; gone: boolean }[] = []
      const marks: { read: number; from: number | null }[] = [
        { read: 0, from: null },
        { read: 0, from: null },
      ]
      for (const [n, one] of doings.entries()) {
        const at = 'at' in one ? said[one.at % (said.length || 1)] : undefined
        const seq = at === undefined ? 0 : said.indexOf(at) + 1
        if (one.do === 'say') {
          const text = `${TO[one.to]} ${n}`
          const draft = scene.draft(text, { chatId, clientId: newId() })
          const { message } = await sendMessage(scene.app, people[one.by]!, draft)
          said.push({ by: one.by, id: idOf(message), text, gone: false })
          marks[one.by]!.read = said.length
        } else if (at === undefined) continue
        else if (one.do === 'edit' && !at.gone) {
          at.text = `${TO[one.to]} ${n}`
          await editMessage(scene.app, { userId: people[at.by]!, messageId: at.id, content: at.text })
        } else if (one.do === 'delete') {
          at.gone = true
          await deleteMessage(scene.app, { userId: people[at.by]!, messageId: at.id })
        } else if (one.do === 'read') {
          const mark = marks[one.by]!
          await markRead(scene.app, { userId: people[one.by]!, chatId, seq })
          Object.assign(mark, { read: Math.max(mark.read, seq), from: null })
        } else if (one.do === 'unread') {
          await markUnread(scene.app, { userId: people[one.by]!, chatId, seq })
          marks[one.by]!.from = seq
        }
      }
      for (const by of [0, 1]) {
        const { chat, member } = await requireMember(scene.app.db.read, chatId, people[by]!)
        const { read, from } = marks[by]!
        const names = ['@ann', '@bo'][by]!
        const left = said.filter((m, i) => i >= (from === null ? read : from - 1) && m.by !== by && !m.gone)
        const naming = left.filter(({ text }) =>
          [names, '@here', '@channel'].some((to) => text.startsWith(`${to} `)),
        )

        const recount = { unread: Math.min(left.length, 100), mentions: Math.min(naming.length, 100) }

        expect(await readCounts(scene.app.db.read, member, chat.last_seq)).toEqual(recount)
        const heads = await readHeads(scene.app.db.read, people[by]!)
        expect(heads.find(({ id }) => id === chatId)).toMatchObject(recount)
      }
    }
    await fc.assert(fc.asyncProperty(fc.array(doing, { maxLength: 25 }), run), { numRuns: 40 })
    await scene.close()
  },
  30_000,
)
