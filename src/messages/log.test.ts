import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { addMember, changeChat, removeMember, requireChat } from '../chats/index.ts'
import { engines } from '../testing/engines.ts'
import { countQueries } from '../testing/queries.ts'
import { editMessage } from './edit.ts'
import { type LogPage, readLog, readLogs } from './log.ts'
import { react } from './react.ts'
import { deleteMessage } from './remove.ts'
import { newRoom, type Room } from './room.ts'
import { idOf, openScene, type Scene } from './scene.ts'

const CHATS = 7

for (const [engine, fresh] of engines) {
  describe(`logs of several chats (${engine})`, () => {
    let scene: Scene
    let ids: Id<'chat'>[]
    beforeAll(async () => {
      scene = await openScene(fresh)
      ids = []
      for (let at = 0; at < CHATS; at++) ids.push(await liveIn(scene, at))
    })
    afterAll(() => scene.close())

    const readAll = (known: readonly number[], room = newRoom(), app = scene.app) =>
      app.db.view(async (sql) => {
        const logs = []
        for (const [at, id] of ids.entries())
          logs.push({ chat: await requireChat(sql, id), after: known[at] ?? 0 })
        return await readLogs(sql, logs, room)
      })
    const readEach = (known: readonly number[]) =>
      scene.app.db.view(async (sql) => {
        const pages = []
        for (const [at, id] of ids.entries())
          pages.push(
            await readLog(sql, { chat: await requireChat(sql, id), after: known[at] ?? 0 }, newRoom()),
          )
        return pages
      })
    /** Asks again from where each page ended, until none says more. */
    async function readOn(makeRoom: () => Room) {
      const known: number[] = ids.map(() => 0)
      const whole: LogPage[] = []
      for (let isMore = true, rounds = 0; isMore; rounds++) {
        expect(rounds).toBeLessThan(500)
        const pages = await readAll(known, makeRoom())
        for (const [at, page] of pages.entries()) {
          known[at] = page.rev
          whole[at] = joined(whole[at], page)
        }
        isMore = pages.some(({ more }) => more)
      }
      return whole
    }

    test('what is read at once is what each says by itself, from whichever rev', async () => {
      const heads = (await readEach([])).map(({ rev }) => rev)

      for (let back = 0; back < Math.max(...heads); back++) {
        const known = heads.map((rev, at) => Math.max(0, rev - ((back * (at + 1)) % (rev + 1))))
        expect(await readAll(known)).toEqual(await readEach(known))
      }
    })

    test('cut after so many rows, or so many bytes, the pages hold all of it in the end (C9)', async () => {
      const whole = await readEach([])

      for (const rows of [1, 2, 3, 7, 40])
        expect(await readOn(() => ({ rows, bytes: 1_000_000, isEmpty: true }))).toEqual(whole)
      for (const bytes of [1, 900, 5000, 20_000])
        expect(await readOn(() => ({ rows: 200, bytes, isEmpty: true }))).toEqual(whole)
    })

    test('where each has little, all of them cost a few questions', async () => {
      const { app, count } = countQueries(scene.app)
      const heads = (await readEach([])).map(({ rev }) => rev)
      const known = heads.map((rev) => rev - 2)

      expect((await count(() => readAll(known, newRoom(), app))).statements).toBeLessThan(CHATS + 8)
    })

    test('however much was said in each, what cannot fit is not read for nothing (C11)', async () => {
      const [one, two, three] = [await longIn(scene), await longIn(scene), await longIn(scene)]
      const told: number[] = []
      const pages = await scene.app.db.view(async (sql) => {
        const noting = async (...asked: Parameters<Sql>) => {
          const rows = await sql(...asked)
          told.push(rows.length)
          return rows
        }
        const logs = []
        for (const id of [one, two, three]) {
          const chat = await requireChat(sql, id)
          logs.push({ chat, after: chat.rev - LONG_ONES })
        }
        return await readLogs(Object.assign(noting, sql) as Sql, logs, newRoom())
      })

      expect(pages.map(({ messages }) => messages.length > 0)).toEqual([true, false, false])
      expect(Math.max(...told)).toBe(LONG_ONES)
    })

    test('what did not fit keeps what comes after it from being read', async () => {
      const { app, count } = countQueries(scene.app)
      const room = { rows: 200, bytes: 3000, isEmpty: true }
      const pages = await readAll([], room, app)
      const { statements } = await count(() => readAll([], room, app))

      expect(pages.some(({ more }) => more)).toBe(true)
      expect(statements).toBe(CHATS)
    })
  })
}

/** A chat in which all that can happen has happened, in one more often than in the one before. */
async function liveIn(scene: Scene, at: number): Promise<Id<'chat'>> {
  const { app, ann, bo, cy } = scene
  const chatId = await scene.chat({ kind: 'group', name: `C${at}`, memberIds: [bo] })
  const first = await scene.says(ann, 'first', { chatId })
  await scene.says(bo, 'so it is', { chatId, replyTo: idOf(first) })
  await react(app, { userId: bo, messageId: idOf(first), emoji: '👍', on: true })
  await addMember(app, ann, { chatId, userId: cy })
  for (let n = 0; n < at * at; n++) await scene.says(n % 2 ? ann : bo, `${n} `.repeat(n), { chatId })
  const gone = await scene.says(ann, 'never mind', { chatId })
  await deleteMessage(app, { userId: ann, messageId: idOf(gone) })
  if (at % 2) await changeChat(app, ann, { chatId, name: `Ex${at}` })
  await removeMember(app, ann, { chatId, userId: cy })
  if (at % 3) await editMessage(app, { userId: ann, messageId: idOf(first), content: 'at first' })
  return chatId
}

const LONG_ONES = 20

async function longIn(scene: Scene): Promise<Id<'chat'>> {
  const chatId = await scene.chat({ kind: 'group', name: 'Long', memberIds: [scene.bo] })
  const content = '🫖'.repeat(16_000)
  await Promise.all(Array.from({ length: LONG_ONES }, () => scene.says(scene.ann, content, { chatId })))
  return chatId
}

/** One page and the next: of a row that changed in between only its last state counts. */
function joined(page: LogPage | undefined, next: LogPage): LogPage {
  if (page === undefined) return next
  return {
    ...next,
    after: page.after,
    messages: [...page.messages, ...next.messages],
    members: [...page.members, ...next.members],
    chat: next.chat ?? page.chat,
  }
}
