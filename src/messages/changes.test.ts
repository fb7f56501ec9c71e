import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Id, newId } from '../platform/ids.ts'
import { createChat, deleteChat, removeMember } from '../chats/index.ts'
import { reasonOf } from '../testing/app.ts'
import { engines } from '../testing/engines.ts'
import { createLogReader, listChanges } from './changes.ts'
import { editMessage } from './edit.ts'
import { markRead } from './markRead.ts'
import { idOf, openScene, type Scene } from './scene.ts'
import { syncChats } from './sync.ts'
import type { ChangesWire } from './wire.ts'

const KIB_256 = 256 * 1024
const sizeOf = (answer: object) => Buffer.byteLength(JSON.stringify(answer))
/** As large as a message may be: 16,000 code points of four bytes. */
const LONG = '🫖'.repeat(16_000)

for (const [engine, fresh] of engines) {
  describe(`catching up (${engine})`, () => {
    let scene: Scene
    beforeAll(async () => {
      scene = await openScene(fresh)
    })
    afterAll(() => scene.close())

    const changes = (chatId: Id<'chat'>, after: number, userId = scene.ann) =>
      listChanges(scene.app, { userId, chatId, after })
    const group = () => scene.chat({ kind: 'group', name: 'G', memberIds: [scene.bo] })

    test('every row comes once, in its last state, with the chat and all marks', async () => {
      const chatId = await group()
      const first = await scene.says(scene.ann, 'one', { chatId })
      const second = await scene.says(scene.bo, 'two', { chatId })
      const edited = await editMessage(scene.app, {
        userId: scene.ann,
        messageId: idOf(first),
        content: 'one!',
      })
      const all = await changes(chatId, 0)
      const late = await changes(chatId, second.rev)

      expect(all).toMatchObject({ after: 0, rev: edited.rev, more: false, reset: false, chat: { name: 'G' } })
      expect(all.chat).not.toHaveProperty('me')
      expect(all.messages).toEqual([second, edited])
      expect(all.members.map(({ user }) => user.id)).toEqual([scene.ann, scene.bo])
      expect(all.reads).toContainEqual({ user_id: scene.bo, seq: 2, read_at: expect.any(String) })
      expect(late).toMatchObject({ messages: [edited], members: [], chat: null })
    })

    test('at the head there is nothing but the marks', async () => {
      const chatId = await group()
      const { rev } = await scene.says(scene.ann, 'x', { chatId })

      expect(await changes(chatId, rev)).toMatchObject({
        rev,
        messages: [],
        members: [],
        chat: null,
        more: false,
      })
    })

    test('a page holds 200 rows, and the next goes on from its rev', async () => {
      const chatId = await group()
      await Promise.all(Array.from({ length: 230 }, (_, i) => scene.says(scene.ann, `${i}`, { chatId })))
      const first = await changes(chatId, 0)
      const second = await changes(chatId, first.rev)
      const rows = (page: ChangesWire) => page.messages.length + page.members.length + (page.chat ? 1 : 0)

      expect([rows(first), first.more]).toEqual([200, true])
      expect(first.messages.at(-1)?.rev).toBe(first.rev)
      expect([rows(second), second.more]).toEqual([33, false])
    })

    test('a page holds 256 KiB, and the longest message still comes (C11)', async () => {
      const chatId = await group()
      await Promise.all(Array.from({ length: 6 }, () => scene.says(scene.ann, LONG, { chatId })))
      let after = 0
      const got: number[] = []
      for (let more = true; more; ) {
        const page = await changes(chatId, after)
        expect(sizeOf(page)).toBeLessThanOrEqual(KIB_256)
        expect(page.rev).toBeGreaterThan(after)
        got.push(...page.messages.map(({ seq }) => seq))
        after = page.rev
        more = page.more
      }

      expect(got).toEqual([1, 2, 3, 4, 5, 6])
    })

    test('ahead of the head, or more than 2,000 behind, everything is begun anew (C10)', async () => {
      const chatId = await group()
      const { rev } = await scene.says(scene.ann, 'x', { chatId })
      const ahead = await changes(chatId, rev + 1)
      await scene.app.db.write((sql) => sql`update chats set rev = rev + 2000 where id = ${chatId}`)

      expect(ahead).toMatchObject({
        rev,
        reset: true,
        more: false,
        messages: [],
        members: [],
        chat: { id: chatId },
      })
      expect((await changes(chatId, rev - 1)).reset).toBe(true)
      expect((await changes(chatId, rev)).reset).toBe(false)
    })

    test('a stranger and a removed member catch up with nothing (S-13, C8)', async () => {
      const chatId = await group()
      await removeMember(scene.app, scene.ann, { chatId, userId: scene.bo })

      expect(await reasonOf(changes(chatId, 0, scene.cy))).toBe('chat')
      expect(await reasonOf(changes(chatId, 0, scene.bo))).toBe('chat')
    })

    test('the live path reads the same log without anybody’s own side', async () => {
      const chatId = await group()
      const said = await scene.says(scene.ann, 'x', { chatId })
      const reader = createLogReader(scene.app.db)
      const page = await reader.loadChanges(chatId, 0)
      const [head] = (await reader.loadHeads(scene.bo)).filter(({ id }) => id === chatId)

      expect(page).toMatchObject({ rev: said.rev, messages: [said], reset: false })
      expect(page.chat).not.toHaveProperty('me')
      expect(head).toEqual({
        id: chatId,
        rev: said.rev,
        last_seq: 1,
        last_read_seq: 0,
        unread: 1,
        mentions: 0,
      })
      expect(await reader.loadChanges(chatId, said.rev + 1)).toMatchObject({ reset: true, rev: said.rev })
      await deleteChat(scene.app, scene.ann, chatId)
      expect(await reasonOf(reader.loadChanges(chatId, 0))).toBe('chat')
    })
  })

  describe(`sync (${engine})`, () => {
    let scene: Scene
    beforeAll(async () => {
      scene = await openScene(fresh)
    })
    afterAll(() => scene.close())

    const sync = (chats: Record<string, number>, epoch?: string) =>
      syncChats(scene.app, { userId: scene.bo, chats, epoch })
    const makeGroups = async (count: number) => {
      const made: Id<'chat'>[] = []
      for (let i = 0; i < count; i++) {
        const draft = { kind: 'group', name: `S${i}`, memberIds: [scene.bo] } as const
        made.push((await createChat(scene.app, scene.ann, draft)).chat.id as Id<'chat'>)
      }
      return made
    }

    test('every chat of mine is answered: caught up when named, begun anew when not', async () => {
      const [named, unnamed] = (await makeGroups(2)) as [Id<'chat'>, Id<'chat'>]
      const first = await scene.says(scene.ann, '1', { chatId: named })
      const second = await scene.says(scene.ann, '@bo 2', { chatId: named })
      const { chats } = await sync({ [named]: first.rev })

      expect(Object.keys(chats).sort()).toEqual([scene.tea, named, unnamed].sort())
      expect(chats[named]).toMatchObject({
        after: first.rev,
        messages: [second],
        reset: false,
        unread: 2,
        mentions: 1,
      })
      expect(chats[unnamed]).toMatchObject({
        reset: true,
        more: false,
        messages: [],
        chat: { id: unnamed, me: {} },
      })
      expect(chats[named]?.reads.map(({ user_id }) => user_id)).toContain(scene.ann)
    })

    test('ahead of the head, or far behind it, a named chat is begun anew', async () => {
      const [ahead, behind] = (await makeGroups(2)) as [Id<'chat'>, Id<'chat'>]
      await scene.app.db.write((sql) => sql`update chats set rev = rev + 2001 where id = ${behind}`)
      const { chats } = await sync({ [ahead]: 99, [behind]: 1 })

      expect(chats[ahead]).toMatchObject({ reset: true, chat: { id: ahead } })
      expect(chats[behind]).toMatchObject({ reset: true, chat: { id: behind } })
    })

    test('what is mine no more, or never was, is removed (S-12)', async () => {
      const [left] = (await makeGroups(1)) as [Id<'chat'>]
      await removeMember(scene.app, scene.ann, { chatId: left, userId: scene.bo })
      const anns = await scene.chat({ kind: 'group', name: 'ann’s own' })
      const nowhere = newId<'chat'>()
      const { chats, removed } = await sync({ [left]: 1, [anns]: 1, [nowhere]: 1 })

      expect(removed.sort()).toEqual([left, anns, nowhere].sort())
      expect(chats[anns]).toBeUndefined()
    })

    test('of another epoch nothing is known (C10)', async () => {
      await scene.app.db.write(
        (sql) =>
          sql`insert into settings (name, value) values ('epoch', 'e1') on conflict (name) do update set value = 'e1'`,
      )
      const known = (await sync({})).chats[scene.tea]?.rev ?? 0

      expect((await sync({ [scene.tea]: known }, 'e1')).chats[scene.tea]?.reset).toBe(false)
      expect((await sync({ [scene.tea]: known }, 'e0')).chats[scene.tea]?.reset).toBe(true)
    })

    test('answers are bounded, and asking again ends with everything (C11)', async () => {
      const groups = await makeGroups(12)
      for (const chatId of groups) {
        await Promise.all([LONG, 'short', LONG].map((text) => scene.says(scene.ann, text, { chatId })))
      }
      const mine: Record<string, number> = Object.fromEntries(groups.map((chatId) => [chatId, 3]))
      const got = new Map<string, number[]>()
      let asked = 0
      for (let more = true; more; asked++) {
        const answer = await sync(mine)
        expect(sizeOf(answer)).toBeLessThanOrEqual(KIB_256)
        for (const [id, page] of Object.entries(answer.chats)) {
          got.set(id, [...(got.get(id) ?? []), ...page.messages.map(({ seq }) => seq)])
          if (page.reset || page.rev > 0) mine[id] = page.rev
        }
        more = Object.values(answer.chats).some((page) => page.more)
      }

      expect(asked).toBeLessThan(30)
      for (const chatId of groups) expect(got.get(chatId)).toEqual([1, 2, 3])
    })

    test('a direct chat that nobody has spoken in is not heard of by the other side', async () => {
      const { chat } = await createChat(scene.app, scene.ann, { kind: 'direct', memberIds: [scene.bo] })

      expect((await sync({})).chats[chat.id]).toBeUndefined()
      await scene.says(scene.ann, 'psst', { chatId: chat.id as Id<'chat'> })
      expect((await sync({})).chats[chat.id]).toMatchObject({ reset: true })
    })

    test('marks move without a rev, and come all the same', async () => {
      const [chatId] = (await makeGroups(1)) as [Id<'chat'>]
      const { rev, seq } = await scene.says(scene.bo, 'read this', { chatId })
      await markRead(scene.app, { userId: scene.ann, chatId, seq })
      const { chats } = await sync({ [chatId]: rev })

      expect(chats[chatId]).toMatchObject({ after: rev, rev, messages: [] })
      expect(chats[chatId]?.reads).toContainEqual({ user_id: scene.ann, seq, read_at: expect.any(String) })
    })
  })
}
