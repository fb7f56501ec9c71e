import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { App } from '../platform/context.ts'
import { type Id, newId } from '../platform/ids.ts'
import { addMember, listChats, removeMember } from '../chats/index.ts'
import { engines } from '../testing/engines.ts'
import { countQueries } from '../testing/queries.ts'
import { createLogReader } from './changes.ts'
import { openScene, type Scene } from './scene.ts'
import { syncChats } from './sync.ts'

const CHATS = 200
const UNREAD = 3
const REV = 10

for (const [engine, fresh] of engines) {
  describe(`many chats (${engine})`, () => {
    let scene: Scene
    let chatIds: Id<'chat'>[]
    beforeAll(async () => {
      scene = await openScene(fresh)
      chatIds = await addChats(scene)
    })
    afterAll(() => scene.close())

    /** Bo has read everything but what is in so many of the chats. */
    const leaveUnread = async (count: number) => {
      const unread = chatIds.slice(0, count)
      await scene.app.db.write(async (sql) => {
        await sql`update members set last_read_seq = ${UNREAD}
          where user_id = ${scene.bo} and chat_id in ${sql.list(chatIds)}`
        await sql`update members set last_read_seq = 0
          where user_id = ${scene.bo} and chat_id in ${sql.list(unread)}`
      })
    }
    const unreadOf = (entries: { unread: number; mentions: number }[]) =>
      entries.reduce((sum, { unread, mentions }) => sum + unread + mentions, 0)

    test('who connects costs one question for hello and one after it, however many chats are unread (C12)', async () => {
      const { app, count } = countQueries(scene.app)
      const reader = createLogReader(app.db)
      for (const unread of [1, CHATS]) {
        await leaveUnread(unread)

        expect((await count(() => reader.loadHeads(scene.bo))).statements).toBe(1)
        expect((await count(() => reader.loadPositions(scene.bo))).statements).toBe(1)
        expect(unreadOf(await reader.loadHeads(scene.bo))).toBe(unread * (UNREAD + 1))
      }
    })

    test('a sync, and a page of the list, ask as much about one unread chat as about 200', async () => {
      const { app, count } = countQueries(scene.app)
      const chats = Object.fromEntries(chatIds.map((id) => [id, REV]))
      const asked = []
      for (const unread of [1, CHATS]) {
        await leaveUnread(unread)
        const sync = await count(() => syncChats(app, { userId: scene.bo, chats }))
        const list = await count(() => listChats(app, scene.bo, { limit: 100 }))
        const answer = await syncChats(app, { userId: scene.bo, chats })
        asked.push({ sync, list: list.statements })

        expect(unreadOf(Object.values(answer.chats))).toBe(unread * (UNREAD + 1))
      }

      expect(asked[1]).toEqual(asked[0])
      expect(asked[0]?.sync.statements).toBeLessThan(40)
      expect(asked[0]?.list).toBeLessThan(10)
    })

    test('chats that nobody named are asked for a few at a time, not one by one', async () => {
      const { app, count } = countQueries(scene.app)
      const { statements } = await count(() => syncChats(app, { userId: scene.bo, chats: {} }))

      expect(statements).toBeLessThan(100)
    })

    test('a message missed in each of 200 chats is asked for a few chats at a time, not one by one', async () => {
      const { app, count } = countQueries(scene.app)
      const chats = Object.fromEntries(chatIds.map((id) => [id, REV - 1]))
      const { statements } = await count(() => syncChats(app, { userId: scene.bo, chats }))
      const answer = await syncChats(scene.app, { userId: scene.bo, chats })
      const missed = chatIds.flatMap((id) => answer.chats[id]?.messages ?? [])

      expect(missed.length).toBeGreaterThan(CHATS / 2)
      expect(new Set(missed.map(({ chat_id }) => chat_id)).size).toBe(missed.length)
      expect(statements).toBeLessThan(80)
    })

    test('a sync is read in pieces, and each is done before others have their turn (C11)', async () => {
      const { app, count } = countQueries(scene.app)

      expect((await count(() => syncChats(app, { userId: scene.bo, chats: {} }))).views).toBeGreaterThan(8)
    })

    test('S-12 who is taken out of a chat between two pieces is told nothing of it (C8)', async () => {
      const [chatId] = chatIds as [Id<'chat'>]
      const app = afterFirstView(scene.app, () =>
        removeMember(scene.app, scene.ann, { chatId, userId: scene.bo }),
      )
      const { chats, removed } = await syncChats(app, { userId: scene.bo, chats: { [chatId]: 1 } })

      expect(chats[chatId]).toBeUndefined()
      expect(removed).toEqual([chatId])
    })

    test('who comes back into a chat between two pieces is not told that it is theirs no more', async () => {
      const [chatId] = chatIds as [Id<'chat'>]
      const app = afterFirstView(scene.app, () =>
        addMember(scene.app, scene.ann, { chatId, userId: scene.bo }),
      )
      const { removed } = await syncChats(app, { userId: scene.bo, chats: { [chatId]: 1 } })

      expect(removed).toEqual([])
    })
  })
}

/** Ann's, with bo in them: ann has said something three times in each, once to bo. */
async function addChats({ app, ann, bo }: Scene): Promise<Id<'chat'>[]> {
  const ids = Array.from({ length: CHATS }, () => newId<'chat'>())
  await app.db.write(async (sql) => {
    for (const id of ids) {
      await sql`
        insert into chats (id, kind, visibility, name, created_by, rev, last_seq, info_rev, member_count, changed_at,
          created_at, updated_at)
        values (${id}, 'group', 'private', 'Tea', ${ann}, ${REV}, ${UNREAD}, 1, 2, 1, 1, 1)`
      await sql`
        insert into members (chat_id, user_id, role, rev, joined_at)
        values (${id}, ${ann}, 'owner', 1, 1), (${id}, ${bo}, 'member', 2, 1)`
      for (let seq = 1; seq <= UNREAD; seq++) {
        await sql`
          insert into messages (id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content, created_at)
          values (${newId()}, ${id}, ${seq}, ${REV - UNREAD + seq}, ${ann}, ${newId()}, '', 'text', 'hi', 1)`
      }
      await sql`insert into mentions (chat_id, target, seq) values (${id}, ${bo}, 1)`
    }
  })
  return ids
}

/** The same app, in which something happens once the first view has been read. */
function afterFirstView(app: App, happen: () => Promise<unknown>): App {
  let views = 0
  const { db } = app
  return {
    ...app,
    db: {
      ...db,
      view: async (work) => {
        const read = await db.view(work)
        if (views++ === 0) await happen()
        return read
      },
    },
  }
}
