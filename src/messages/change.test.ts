import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { newId } from '../platform/ids.ts'
import { changeChat, removeMember } from '../chats/index.ts'
import { reasonOf } from '../testing/app.ts'
import { engines } from '../testing/engines.ts'
import type { Asking } from './access.ts'
import { editMessage } from './edit.ts'
import { getMessage } from './get.ts'
import { markMessageRead } from './markRead.ts'
import { pinMessage } from './pin.ts'
import { react } from './react.ts'
import { listReactions } from './reactions.ts'
import { listReads } from './reads.ts'
import { deleteMessage } from './remove.ts'
import { idOf, openScene, type Scene } from './scene.ts'

/** Every door that a message has by its id. */
const DOORS: [name: string, open: (scene: Scene, asking: Asking) => Promise<unknown>][] = [
  ['get', ({ app }, asking) => getMessage(app, asking)],
  ['edit', ({ app }, asking) => editMessage(app, { ...asking, content: 'mine now' })],
  ['delete', ({ app }, asking) => deleteMessage(app, asking)],
  ['react', ({ app }, asking) => react(app, { ...asking, emoji: '👍', on: true })],
  ['take a reaction back', ({ app }, asking) => react(app, { ...asking, emoji: '👍', on: false })],
  ['pin', ({ app }, asking) => pinMessage(app, { ...asking, on: true })],
  ['unpin', ({ app }, asking) => pinMessage(app, { ...asking, on: false })],
  ['reactions', ({ app }, asking) => listReactions(app, { ...asking, limit: 10 })],
  ['reads', ({ app }, asking) => listReads(app, asking)],
  ['mark read', ({ app }, asking) => markMessageRead(app, asking)],
]

for (const [engine, fresh] of engines) {
  describe(`changing a message (${engine})`, () => {
    let scene: Scene
    beforeAll(async () => {
      scene = await openScene(fresh)
    })
    afterAll(() => scene.close())

    test.each(DOORS)(
      'a stranger, a non-member of a public channel and a removed member cannot: %s',
      async (_, open) => {
        const messageId = idOf(await scene.says(scene.ann, 'ours'))
        const chatId = await scene.chat({
          kind: 'channel',
          name: 'news',
          visibility: 'public',
          memberIds: [scene.bo],
        })
        const open_ = idOf(await scene.says(scene.ann, 'news', { chatId }))
        await removeMember(scene.app, scene.ann, { chatId, userId: scene.bo })
        scene.heard()

        expect(await reasonOf(open(scene, { userId: scene.cy, messageId }))).toBe('message')
        expect(await reasonOf(open(scene, { userId: scene.cy, messageId: open_ }))).toBe('message')
        expect(await reasonOf(open(scene, { userId: scene.bo, messageId: open_ }))).toBe('message')
        expect(await reasonOf(open(scene, { userId: scene.ann, messageId: newId<'message'>() }))).toBe(
          'message',
        )
        expect(scene.heard()).toEqual([])
      },
    )

    test('an edit takes the next rev and is told; the same text again is nothing new', async () => {
      const said = await scene.says(scene.ann, 'tee for @bo')
      const asking = { userId: scene.ann, messageId: idOf(said) }
      scene.heard()
      const edited = await editMessage(scene.app, { ...asking, content: '*tea* for @here' })
      const again = await editMessage(scene.app, { ...asking, content: '*tea* for @here' })

      expect(edited).toMatchObject({
        seq: said.seq,
        rev: said.rev + 1,
        content: '*tea* for @here',
        mentions: ['here'],
      })
      expect(edited.html).toContain('<em>tea</em>')
      expect(edited.edited_at).not.toBeNull()
      expect(again).toEqual(edited)
      expect(scene.heard()).toEqual(['message_updated'])
    })

    test('mentions follow the text', async () => {
      const said = await scene.says(scene.ann, '@bo')
      const asking = { userId: scene.ann, messageId: idOf(said) }
      const targets = () => scene.app.db.read<{ target: string }>`
        select target from mentions where chat_id = ${scene.tea} and seq = ${said.seq} order by target`

      expect(await targets()).toEqual([{ target: scene.bo }])
      await editMessage(scene.app, { ...asking, content: '@here and @channel' })
      expect(await targets()).toEqual([{ target: 'channel' }, { target: 'here' }])
      await deleteMessage(scene.app, asking)
      expect(await targets()).toEqual([])
    })

    test('only the sender edits, and only while the window is open (S-16)', async () => {
      const messageId = idOf(await scene.says(scene.bo, 'mine'))
      const edit = (userId: Scene['ann']) =>
        reasonOf(editMessage(scene.app, { userId, messageId, content: 'x' }))
      expect(await edit(scene.ann)).toBe('not_sender')

      const app = { ...scene.app, config: { ...scene.app.config, editWindowMs: 60_000 } }
      scene.later(60_001)
      expect(await reasonOf(editMessage(app, { userId: scene.bo, messageId, content: 'x' }))).toBe(
        'edit_window',
      )
      expect(await edit(scene.bo)).toMatchObject({ content: 'x' })
    })

    test('an edit must say something', async () => {
      const messageId = idOf(await scene.says(scene.ann, 'something'))

      expect(
        await reasonOf(editMessage(scene.app, { userId: scene.ann, messageId, content: ' \n\u200b' })),
      ).toBe('message_empty')
    })

    test('the later of two edits stands, also when the earlier one takes longer to render', async () => {
      const messageId = idOf(await scene.says(scene.ann, 'first'))
      const edit = (content: string) => editMessage(scene.app, { userId: scene.ann, messageId, content })
      await Promise.all([edit(`${'long '.repeat(1_000)}*x*`), edit('last')])

      expect((await getMessage(scene.app, { userId: scene.bo, messageId })).content).toBe('last')
    })

    test('a deleted message leaves its place and its sender, and nothing it said (C4)', async () => {
      const quoted = await scene.says(scene.bo, 'quoted')
      const said = await scene.says(scene.bo, '*secret* @ann', { replyTo: idOf(quoted) })
      const asking = { userId: scene.bo, messageId: idOf(said) }
      await react(scene.app, { ...asking, emoji: '🎉', on: true })
      await pinMessage(scene.app, { ...asking, on: true })
      scene.heard()
      const stone = await deleteMessage(scene.app, asking)
      const again = await deleteMessage(scene.app, asking)
      const [row] = await scene.app.db.read`
        select content, html, reply_to, mentions, pinned_at from messages where id = ${said.id}`
      const reactions = await scene.app.db.read`select 1 as one from reactions where message_id = ${said.id}`

      expect(stone).toMatchObject({
        seq: said.seq,
        sender_id: scene.bo,
        content: '',
        html: null,
        reply_to: null,
      })
      expect(stone).toMatchObject({
        mentions: [],
        reactions: [],
        pinned_at: null,
        quote: null,
        client_id: null,
      })
      expect(again).toEqual(stone)
      expect(scene.heard()).toEqual(['message_deleted'])
      expect(row).toEqual({ content: '', html: null, reply_to: null, mentions: '[]', pinned_at: null })
      expect(reactions).toEqual([])
    })

    test('the sender and a chat admin delete, another member does not (S-16)', async () => {
      const anns = idOf(await scene.says(scene.ann, 'by ann'))
      const bos = idOf(await scene.says(scene.bo, 'by bo'))

      expect(await reasonOf(deleteMessage(scene.app, { userId: scene.bo, messageId: anns }))).toBe(
        'not_sender',
      )
      expect(
        (await deleteMessage(scene.app, { userId: scene.ann, messageId: bos })).deleted_at,
      ).not.toBeNull()
    })

    test('what is deleted can be neither edited nor pinned nor reacted to', async () => {
      const messageId = idOf(await scene.says(scene.ann, 'gone'))
      const asking = { userId: scene.ann, messageId }
      await deleteMessage(scene.app, asking)

      expect(await reasonOf(editMessage(scene.app, { ...asking, content: 'back' }))).toBe('deleted')
      expect(await reasonOf(pinMessage(scene.app, { ...asking, on: true }))).toBe('deleted')
      expect(await reasonOf(react(scene.app, { ...asking, emoji: '👍', on: true }))).toBe('deleted')
    })

    test('a quote follows what it quotes', async () => {
      const quoted = await scene.says(scene.bo, 'original')
      const answer = idOf(await scene.says(scene.ann, 'answer', { replyTo: idOf(quoted) }))
      await deleteMessage(scene.app, { userId: scene.bo, messageId: idOf(quoted) })

      expect((await getMessage(scene.app, { userId: scene.ann, messageId: answer })).quote).toEqual({
        message_id: quoted.id,
        sender_id: scene.bo,
        excerpt: '',
        deleted: true,
      })
    })

    test('a line about the chat itself is nobody’s to change', async () => {
      const chatId = await scene.chat({ kind: 'group', name: 'A' })
      await changeChat(scene.app, scene.ann, { chatId, name: 'B' })
      const [row] = await scene.app.db.read<{ id: string }>`
        select id from messages where chat_id = ${chatId} and kind = 'system'`
      const asking = { userId: scene.ann, messageId: idOf(row!) }

      expect(await reasonOf(editMessage(scene.app, { ...asking, content: 'C' }))).toBe('system_message')
      expect(await reasonOf(deleteMessage(scene.app, asking))).toBe('system_message')
    })

    test('a reaction is one person’s one emoji, however often it is given', async () => {
      const said = await scene.says(scene.ann, 'cake')
      const give = (userId: Scene['ann'], emoji: string, on = true) =>
        react(scene.app, { userId, messageId: idOf(said), emoji, on })
      scene.heard()
      await give(scene.bo, '🎂')
      await give(scene.bo, '🎂')
      await give(scene.ann, '🎂')
      const both = await give(scene.ann, '👍')
      await give(scene.bo, '👍', false)
      const less = await give(scene.ann, '🎂', false)

      expect(both.reactions).toEqual([
        { emoji: '🎂', user_ids: expect.arrayContaining([scene.bo, scene.ann]), count: 2 },
        { emoji: '👍', user_ids: [scene.ann], count: 1 },
      ])
      expect(less.reactions.map(({ emoji, count }) => [emoji, count])).toContainEqual(['🎂', 1])
      expect(less.rev).toBe(said.rev + 4)
      expect(scene.heard()).toHaveLength(4)
    })

    test('fifty different emoji are enough, and more of the same are welcome', async () => {
      const messageId = idOf(await scene.says(scene.ann, 'zoo'))
      for (let i = 0; i < 50; i++) {
        const emoji = String.fromCodePoint(0x1f400 + i)
        await react(scene.app, { userId: scene.ann, messageId, emoji, on: true })
      }

      expect(await reasonOf(react(scene.app, { userId: scene.ann, messageId, emoji: '🍰', on: true }))).toBe(
        'too_many_emoji',
      )
      expect(await react(scene.app, { userId: scene.bo, messageId, emoji: '🐀', on: true })).toBeDefined()
    })

    test('reactions are listed oldest first, page by page', async () => {
      const messageId = idOf(await scene.says(scene.ann, 'pages'))
      for (const emoji of ['👍', '🎉', '🍰']) {
        await react(scene.app, { userId: scene.ann, messageId, emoji, on: true })
        scene.later(1)
      }
      const first = await listReactions(scene.app, { userId: scene.bo, messageId, limit: 2 })
      const cursor = first.page.next ?? ''
      const second = await listReactions(scene.app, { userId: scene.bo, messageId, limit: 2, cursor })

      expect(first.data.map(({ emoji }) => emoji)).toEqual(['👍', '🎉'])
      expect(second).toMatchObject({ data: [{ emoji: '🍰', user_id: scene.ann }], page: { next: null } })
      expect(
        await reasonOf(listReactions(scene.app, { userId: scene.bo, messageId, limit: 2, cursor: 'x' })),
      ).toBe('cursor')
    })

    test('any member pins in a group, only an admin in a channel', async () => {
      const here = await scene.says(scene.ann, 'rules')
      const chatId = await scene.chat({ kind: 'channel', name: 'news', memberIds: [scene.bo] })
      const there = idOf(await scene.says(scene.bo, 'mine', { chatId }))
      scene.heard()
      const pinned = await pinMessage(scene.app, { userId: scene.bo, messageId: idOf(here), on: true })
      await pinMessage(scene.app, { userId: scene.bo, messageId: idOf(here), on: true })

      expect(pinned).toMatchObject({ rev: here.rev + 1, pinned_at: expect.any(String) })
      expect(scene.heard()).toEqual(['message_updated'])
      expect(await reasonOf(pinMessage(scene.app, { userId: scene.bo, messageId: there, on: true }))).toBe(
        'chat_role',
      )
      expect(
        (await pinMessage(scene.app, { userId: scene.ann, messageId: there, on: true })).pinned_at,
      ).not.toBeNull()
      expect(
        (await pinMessage(scene.app, { userId: scene.ann, messageId: there, on: false })).pinned_at,
      ).toBeNull()
    })

    test('nothing changes in an archived chat', async () => {
      const chatId = await scene.chat({ kind: 'group', name: 'Old' })
      const asking = { userId: scene.ann, messageId: idOf(await scene.says(scene.ann, 'x', { chatId })) }
      await changeChat(scene.app, scene.ann, { chatId, archived: true })

      expect(await reasonOf(editMessage(scene.app, { ...asking, content: 'y' }))).toBe('archived')
      expect(await reasonOf(deleteMessage(scene.app, asking))).toBe('archived')
      expect(await reasonOf(react(scene.app, { ...asking, emoji: '👍', on: true }))).toBe('archived')
      expect(await reasonOf(pinMessage(scene.app, { ...asking, on: true }))).toBe('archived')
      expect(await getMessage(scene.app, asking)).toMatchObject({ content: 'x' })
    })
  })
}
