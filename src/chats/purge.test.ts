import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Id, newId } from '../platform/ids.ts'
import { openTestApp } from '../testing/app.ts'
import { engines } from '../testing/engines.ts'
import { explainedSqlite } from '../testing/plans.ts'
import { purgeChat } from './purge.ts'
import { openScene, type Scene } from './scene.ts'

const TABLES = ['reactions', 'mentions', 'messages', 'members'] as const

for (const [engine, fresh] of engines) {
  describe(`purging a chat (${engine})`, () => {
    let scene: Scene
    beforeAll(async () => {
      scene = await openScene(fresh)
    })
    afterAll(() => scene.close())

    /** A message that 700 times somebody felt something about, and that named as many. */
    async function crowd(isDeleted: boolean): Promise<Id<'chat'>> {
      const chatId = await scene.group(scene.bo)
      await scene.app.db.write(async (sql) => {
        for (let i = 0; i < 700; i++) {
          await sql`insert into reactions (chat_id, message_id, emoji, user_id, created_at)
            values (${chatId}, 'm', ${`${i}`}, ${scene.ann}, 1)`
          await sql`insert into mentions (chat_id, target, seq) values (${chatId}, ${`${i}`}, 1)`
        }
        await sql`insert into messages (id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content,
          created_at) values (${newId()}, ${chatId}, 1, 1, ${scene.ann}, ${newId()}, '', 'text', 'hi', 1)`
        if (isDeleted) await sql`update chats set deleted_at = 1 where id = ${chatId}`
      })
      return chatId
    }
    async function rowsOf(chatId: Id<'chat'>): Promise<number[]> {
      const { read } = scene.app.db
      const rows = [
        await read`select 1 from reactions where chat_id = ${chatId}`,
        await read`select 1 from mentions where chat_id = ${chatId}`,
        await read`select 1 from messages where chat_id = ${chatId}`,
        await read`select 1 from members where chat_id = ${chatId}`,
        await read`select 1 from chats where id = ${chatId}`,
      ]
      return rows.map(({ length }) => length)
    }

    test('no write removes more than 500 rows, however many hang on one message', async () => {
      const chatId = await crowd(true)
      const purging = purgeChat(scene.app, chatId, AbortSignal.abort())
      await expect(purging).rejects.toThrow()
      const after = await rowsOf(chatId)
      await purgeChat(scene.app, chatId, new AbortController().signal)

      expect(after).toEqual([200, 700, 1, 2, 1])
      expect(await rowsOf(chatId)).toEqual([0, 0, 0, 0, 0])
    })

    test('of a chat that lives nothing is removed', async () => {
      const chatId = await crowd(false)
      await purgeChat(scene.app, chatId, new AbortController().signal)

      expect(await rowsOf(chatId)).toEqual([700, 700, 1, 2, 1])
    })
  })
}

test('a piece of a purge finds its rows by their whole keys', async () => {
  const database = await explainedSqlite()
  const { app, close } = await openTestApp(Promise.resolve(database))
  const chatId = newId<'chat'>()
  const ann = newId<'user'>()
  await app.db.write(async (sql) => {
    await sql`insert into users (id, email, username, full_name, role, authz_changed_at, created_at, updated_at)
      values (${ann}, 'a@example.org', 'ann', 'Ann', 'member', 1, 1, 1)`
    await sql`insert into chats (id, kind, visibility, created_by, changed_at, deleted_at, created_at, updated_at)
      values (${chatId}, 'group', 'private', ${ann}, 1, 1, 1, 1)`
  })
  await purgeChat(app, chatId, new AbortController().signal)

  for (const table of TABLES) {
    const [plan] = database.plans.filter(({ statement }) => statement.includes(`delete from ${table}`))
    expect(plan?.steps[0]).toMatch(new RegExp(`^SEARCH ${table} .*\\(chat_id=\\? AND \\w+=\\?`))
  }
  await close()
})
