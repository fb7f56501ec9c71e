import { expect, test } from 'bun:test'
import { getChat, listChannels, listChats } from './list.ts'
import { listMembers } from './members.ts'
import { openScene } from './scene.ts'

test('what an answer says of chats is of one moment: whether one is a member, the rev, the last message', async () => {
  const scene = await openScene()
  const { ann, cy } = scene
  const chatId = await scene.channel('public')
  const outside = () => Promise.reject(new Error('a question outside of the moment'))
  const app = { ...scene.app, db: { ...scene.app.db, read: Object.assign(outside, scene.app.db.read) } }

  expect((await getChat(app, ann, chatId)).me).not.toBeNull()
  expect((await getChat(app, cy, chatId)).me).toBeNull()
  expect((await listChats(app, ann, { limit: 50 })).data).toHaveLength(1)
  expect((await listChannels(app, cy, { query: '', limit: 50 })).data).toHaveLength(1)
  expect((await listMembers(app, ann, { chatId, limit: 50 })).data).toHaveLength(1)
  await scene.close()
})
