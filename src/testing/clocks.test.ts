import { expect, test } from 'bun:test'
import type { Id } from '../platform/ids.ts'
import { createChat } from '../chats/index.ts'
import { listChanges, loadHistory, sendMessage, toDraft } from '../messages/index.ts'
import { addCast, openTestApp } from './app.ts'

test('order, gaps and counts know nothing of clocks: one may be off by an hour, and go back (C17)', async () => {
  const { app, told, later, close } = await openTestApp()
  const { ann, bo } = await addCast(app)
  const { chat } = await createChat(app, ann, { kind: 'group', name: 'Tea', memberIds: [bo] })
  const chatId = chat.id as Id<'chat'>
  const say = (content: string) =>
    sendMessage(app, ann, toDraft(chatId, { client_id: crypto.randomUUID(), content }))

  for (const [at, hours] of [0, -1, 2, -1, 1, -2].entries()) {
    later(hours * 3600_000)
    await say(`${at}`)
  }

  const { data } = await loadHistory(app, bo, { chatId, limit: 50 })
  const texts = data.filter(({ kind }) => kind === 'text')
  expect(texts.map(({ content }) => content)).toEqual(['0', '1', '2', '3', '4', '5'])
  expect(data.map(({ seq }) => seq)).toEqual(data.map((_, at) => at + 1))
  const times = texts.map(({ created_at }) => created_at)
  expect(times).not.toEqual(times.toSorted())
  const page = await listChanges(app, { userId: bo, chatId, after: chat.rev })
  expect(page.messages.map(({ content }) => content)).toEqual(['0', '1', '2', '3', '4', '5'])
  const revs = told.flatMap(({ to, rev }) => (to === 'chat' ? [rev ?? 0] : []))
  expect(revs).toEqual(revs.toSorted((a, b) => a - b))
  await close()
})
