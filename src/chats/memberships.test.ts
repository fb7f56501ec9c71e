import { describe, expect, test } from 'bun:test'
import { newId } from '../platform/ids.ts'
import { engines } from '../testing/engines.ts'
import { countsOf, readMemberships } from './memberships.ts'
import { openScene } from './scene.ts'
import { readCounts } from './unread.ts'

describe('what a membership tells of what is unread', () => {
  const row = {
    last_seq: 50,
    floor_seq: 0,
    chat_id: 'c',
    user_id: 'u',
    last_read_seq: 40,
    unread_from: null,
    uncounted: 3,
    named: 2,
  } as Parameters<typeof countsOf>[0]

  test.each([
    ['the places after the mark, less those that do not count', {}, { unread: 7, mentions: 2 }],
    ['at most 100', { last_seq: 400 }, { unread: 100, mentions: 2 }],
    ['nothing of what is kept no more', { floor_seq: 45, uncounted: 0 }, { unread: 5, mentions: 2 }],
    [
      '100 where so many of the last places count',
      { last_seq: 5000, uncounted: 900 },
      { unread: 100, mentions: 2 },
    ],
    ['nothing where hardly any of the last places count', { last_seq: 5000, uncounted: 901 }, null],
    [
      'all where the last places are all there are',
      { last_seq: 1040, uncounted: 950 },
      { unread: 50, mentions: 2 },
    ],
    ['nothing once it was marked unread', { unread_from: 30 }, null],
  ])('%s', (_, change, counts) => {
    expect(countsOf({ ...row, ...change } as typeof row)).toEqual(counts)
  })
})

test.each(engines)('what is unread behind a thousand comings and goings is found (%s)', async (_, fresh) => {
  const scene = await openScene(fresh)
  const { app, ann, bo } = scene
  const chatId = await scene.group(bo)
  await app.db.write(async (sql) => {
    for (let seq = 1; seq <= 1105; seq++) {
      await sql`insert into messages (id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content, created_at)
        values (${newId()}, ${chatId}, ${seq}, ${seq}, ${ann}, ${newId()}, '', ${seq > 5 ? 'system' : 'text'}, '', 1)`
    }
    await sql`update chats set last_seq = 1105 where id = ${chatId}`
  })
  const [membership] = await readMemberships(app.db.read, bo)

  expect(membership).toMatchObject({ id: chatId, unread: 5, mentions: 0 })
  expect(await readCounts(app.db.read, membership!, 1105)).toEqual({ unread: 5, mentions: 0 })
  await scene.close()
})
