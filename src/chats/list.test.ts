import { describe, expect, test } from 'bun:test'
import type { Id } from '../platform/ids.ts'
import { addPerson } from '../testing/app.ts'
import { engines } from '../testing/engines.ts'
import { explainedSqlite } from '../testing/plans.ts'
import { countQueries } from '../testing/queries.ts'
import { listChannels } from './channels.ts'
import { createChat } from './create.ts'
import { joinChat } from './join.ts'
import { leaveChat } from './leave.ts'
import { getChat, listChats } from './list.ts'
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

describe.each(engines)('lists (%s)', (_, fresh) => {
  test('a group without a name shows the four who came first, of those who stayed and are not the reader', async () => {
    const scene = await openScene(fresh)
    const { app, ann, bo, cy } = scene
    const others: Id<'user'>[] = []
    for (const name of ['dee', 'eve', 'flo', 'hal']) others.push(await addPerson(app, name))
    const large = await createChat(app, ann, { kind: 'group', memberIds: [bo, cy, ...others] })
    const small = await createChat(app, ann, { kind: 'group', memberIds: [cy] })
    await leaveChat(app, bo, large.chat.id as Id<'chat'>)
    const facesTo = async (userId: Id<'user'>, chatId: string) =>
      (await getChat(app, userId, chatId as Id<'chat'>)).faces?.map(({ username }) => username)

    expect(await facesTo(ann, large.chat.id)).toEqual(['cy', 'dee', 'eve', 'flo'])
    expect(await facesTo(cy, large.chat.id)).toEqual(['ann', 'dee', 'eve', 'flo'])
    expect(await facesTo(ann, small.chat.id)).toEqual(['cy'])
    expect((await listChats(app, ann, { limit: 50 })).data.map(({ faces }) => faces?.length)).toEqual([4, 1])
    await scene.close()
  })

  test('a page of channels asks at most one question about each that the asker is in: how much is unread', async () => {
    const scene = await openScene(fresh)
    const asked: number[] = []
    for (let at = 0; at < 8; at++) {
      const chatId = await scene.channel('public')
      await joinChat(scene.app, scene.cy, chatId)
      if (at !== 1 && at !== 7) continue
      const { app, count } = countQueries(scene.app)
      const { statements } = await count(() => listChannels(app, scene.cy, { query: '', limit: 50 }))
      asked.push(statements)
    }

    expect(
      (await listChannels(scene.app, scene.cy, { query: '', limit: 50 })).data.map(({ me }) => me?.role),
    ).toEqual(Array(8).fill('member'))
    expect(asked[1]! - asked[0]!).toBeLessThanOrEqual(6)
    await scene.close()
  })
})

test('the faces of a chat are found without reading all of its members', async () => {
  const database = await explainedSqlite()
  const scene = await openScene(async () => database)
  await createChat(scene.app, scene.ann, { kind: 'group', memberIds: [scene.bo] })
  await listChats(scene.app, scene.ann, { limit: 50 })

  const plans = database.plans.filter(({ statement }) => statement.includes('as until'))
  expect(plans).not.toBeEmpty()
  for (const { steps } of plans)
    expect(steps).toContain('SEARCH m USING INDEX members_rev (chat_id=? AND rev<?)')
  await scene.close()
})
