import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { newId } from '../platform/ids.ts'
import { changeChat, removeMember } from '../chats/index.ts'
import { reasonOf } from '../testing/app.ts'
import { engines } from '../testing/engines.ts'
import { editMessage } from './edit.ts'
import { deleteMessage } from './remove.ts'
import { idOf, openScene, type Scene } from './scene.ts'
import { sendMessage } from './send.ts'

for (const [engine, fresh] of engines) {
  describe(`sending (${engine})`, () => {
    let scene: Scene
    beforeAll(async () => {
      scene = await openScene(fresh)
    })
    afterAll(() => scene.close())

    test('a message takes the next place of its chat and is told to all, then acknowledged (C1, C4)', async () => {
      const { message, created } = await sendMessage(scene.app, scene.ann, scene.draft('the kettle is on'))

      expect(created).toBe(true)
      expect(message).toMatchObject({ content: 'the kettle is on', html: null, sender: { username: 'ann' } })
      expect(scene.told.at(-2)).toEqual({
        to: 'chat',
        id: scene.tea,
        rev: message.rev,
        frame: { type: 'new_message', data: message },
      })
      expect(scene.told.at(-1)).toEqual({ to: 'mark', id: `${scene.ann}:${scene.tea}`, rev: message.seq })
    })

    test('places are dense however many speak at once (C4)', async () => {
      const said = Array.from({ length: 40 }, (_, i) => scene.says(i % 2 ? scene.ann : scene.bo, `cup ${i}`))
      const seqs = (await Promise.all(said)).map(({ seq }) => seq)

      expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] as number) + i))
    })

    test('a stranger cannot tell a chat from nothing (S-10)', async () => {
      const there = reasonOf(sendMessage(scene.app, scene.cy, scene.draft('hello?')))
      const nowhere = reasonOf(
        sendMessage(scene.app, scene.cy, scene.draft('hello?', { chatId: newId<'chat'>() })),
      )

      expect(await there).toBe('chat')
      expect(await nowhere).toBe('chat')
    })

    test('a public channel says that one has to join it', async () => {
      const chatId = await scene.chat({ kind: 'channel', name: 'news', visibility: 'public' })

      expect(await reasonOf(sendMessage(scene.app, scene.cy, scene.draft('x', { chatId })))).toBe(
        'not_member',
      )
    })

    test('sent again, also at once and after it was changed, it is the first message (C2)', async () => {
      const draft = scene.draft('one lump or two')
      const sent = await Promise.all([1, 2, 3].map(() => sendMessage(scene.app, scene.ann, draft)))
      const [first] = sent
      if (first === undefined) throw new Error('nothing was sent')
      const asking = { userId: scene.ann, messageId: idOf(first.message) }
      await editMessage(scene.app, { ...asking, content: 'three lumps' })
      const afterEdit = await sendMessage(scene.app, scene.ann, draft)
      await deleteMessage(scene.app, asking)
      const afterDelete = await sendMessage(scene.app, scene.ann, draft)

      expect(sent.filter(({ created }) => created)).toHaveLength(1)
      expect(new Set(sent.map(({ message }) => message.id)).size).toBe(1)
      expect(afterEdit).toMatchObject({
        created: false,
        message: { id: first.message.id, content: 'three lumps' },
      })
      // Whoever stored it may have told nobody: each node looks for itself.
      expect(scene.told.slice(-2)).toEqual([
        { to: 'look', id: scene.tea },
        { to: 'mark', id: `${scene.ann}:${scene.tea}`, rev: first.message.seq },
      ])
      expect(afterDelete).toMatchObject({ created: false, message: { id: first.message.id, content: '' } })
    })

    test('the same client id with another original is a conflict, and changes nothing (C2)', async () => {
      const draft = scene.draft('milk')
      const { message } = await sendMessage(scene.app, scene.ann, draft)
      const other = { ...draft, content: 'lemon' }
      const answering = { ...draft, replyTo: idOf(message) }

      expect(await reasonOf(sendMessage(scene.app, scene.ann, other))).toBe('client_id_taken')
      expect(await reasonOf(sendMessage(scene.app, scene.ann, answering))).toBe('client_id_taken')
      expect((await scene.says(scene.ann, 'next')).seq).toBe(message.seq + 1)
    })

    test('two people may use the same client id', async () => {
      const draft = scene.draft('sugar')
      const { message } = await sendMessage(scene.app, scene.ann, draft)

      expect((await sendMessage(scene.app, scene.bo, draft)).message.seq).toBe(message.seq + 1)
    })

    test('a reply quotes what it answers, and only what is in the same chat (S-11)', async () => {
      const asked = await scene.says(scene.bo, 'biscuit?')
      const elsewhere = await scene.chat({ kind: 'group', name: 'Coffee' })
      const answer = await scene.says(scene.ann, 'please', { replyTo: idOf(asked) })
      const foreign = scene.draft('eavesdropping', { chatId: elsewhere, replyTo: idOf(asked) })

      expect(answer.quote).toEqual({
        message_id: asked.id,
        sender_id: scene.bo,
        excerpt: 'biscuit?',
        deleted: false,
      })
      expect(await reasonOf(sendMessage(scene.app, scene.ann, foreign))).toBe('message')
    })

    test("one's own mark moves with one's own message, and nobody else's", async () => {
      const { seq } = await scene.says(scene.bo, 'read by me')
      const [row] = await scene.app.db.read<{ ann: number; bo: number }>`
        select (select last_read_seq from members where chat_id = ${scene.tea} and user_id = ${scene.ann}) as ann,
          (select last_read_seq from members where chat_id = ${scene.tea} and user_id = ${scene.bo}) as bo`

      expect(row?.bo).toBe(seq)
      expect(row?.ann).toBeLessThan(seq)
    })

    test('an archived chat takes nothing new, but knows what it has', async () => {
      const chatId = await scene.chat({ kind: 'group', name: 'Old', memberIds: [scene.bo] })
      const draft = scene.draft('last words', { chatId })
      const { message } = await sendMessage(scene.app, scene.ann, draft)
      await changeChat(scene.app, scene.ann, { chatId, archived: true })

      expect(await reasonOf(scene.says(scene.ann, 'more', { chatId }))).toBe('archived')
      expect(await sendMessage(scene.app, scene.ann, draft)).toMatchObject({
        created: false,
        message: { id: message.id },
      })
    })

    test('who was removed cannot even repeat (S-13, C8)', async () => {
      const chatId = await scene.chat({ kind: 'group', name: 'Short', memberIds: [scene.bo] })
      const draft = scene.draft('bye', { chatId })
      await sendMessage(scene.app, scene.bo, draft)
      await removeMember(scene.app, scene.ann, { chatId, userId: scene.bo })

      expect(await reasonOf(sendMessage(scene.app, scene.bo, draft))).toBe('chat')
    })

    test('the other side of a direct chat hears of it with the first message', async () => {
      const chatId = await scene.chat({ kind: 'direct', memberIds: [scene.bo] })
      await scene.says(scene.ann, 'psst', { chatId })
      const first = scene.told.splice(0).map(({ to, frame }) => frame?.type ?? to)
      await scene.says(scene.ann, 'still there?', { chatId })

      expect(first).toEqual(['admitted', 'chat_created', 'new_message', 'mark'])
      expect(scene.told.map(({ to, frame }) => frame?.type ?? to)).toEqual(['new_message', 'mark'])
    })

    test('members who are named are mentioned, nobody else', async () => {
      const { mentions, html } = await scene.says(scene.ann, 'ask @Bo, @cy, @here or `@ann`')

      expect([...mentions].sort()).toEqual([scene.bo, 'here'].sort())
      expect(html).toBe(
        `<p>ask <span class="mention" data-user="${scene.bo}">@Bo</span>, @cy, ` +
          '<span class="mention" data-user="here">@here</span> or <code>@ann</code></p>',
      )
      expect((await scene.says(scene.ann, 'only @cy')).html).toBeNull()
    })

    test('a slow message keeps its place before a quick one (C6)', async () => {
      const slow = scene.says(scene.ann, `\`\`\`c\nint x;\n\`\`\`\n${'word '.repeat(1000)}`)
      const quick = scene.says(scene.ann, 'quick')

      expect((await quick).seq).toBe((await slow).seq + 1)
    })

    test('a refused message holds up nobody behind it (C6)', async () => {
      const gone = reasonOf(scene.says(scene.ann, 'x', { replyTo: newId<'message'>() }))
      const next = scene.says(scene.ann, 'y')

      expect(await gone).toBe('message')
      expect((await next).content).toBe('y')
    })
  })
}
