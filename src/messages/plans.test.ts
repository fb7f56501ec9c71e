import { expect, test } from 'bun:test'
import { newId } from '../platform/ids.ts'
import { listChats } from '../chats/index.ts'
import { explainedSqlite, type Plan } from '../testing/plans.ts'
import { createLogReader, listChanges } from './changes.ts'
import { editMessage } from './edit.ts'
import { getMessage } from './get.ts'
import { loadHistory } from './history.ts'
import { markMessageRead } from './markRead.ts'
import { react } from './react.ts'
import { deleteMessage } from './remove.ts'
import { idOf, openScene } from './scene.ts'
import { syncChats } from './sync.ts'

/** A step that visits every message of a chat, or of all. */
const WALK = /SCAN (messages|m|f)\b|messages_\w+ \(chat_id=\?( AND sender_id=\?)?\)/
/** Who was named is looked up by who it is; never by going through what was said since. */
const isBackwards = ({ steps }: Plan) => steps.some((step) => /mentions_1 \(.*seq=\?\)/.test(step))
/** A user's chats come in the order of their index: sorted, each page would count what is unread in all of them. */
const isSorted = ({ steps }: Plan) => steps.includes('USE TEMP B-TREE FOR ORDER BY')

test('no question about a chat reads all that was ever said in it', async () => {
  const database = await explainedSqlite()
  const scene = await openScene(async () => database)
  const { app, ann, bo, tea } = scene
  const first = idOf(await scene.says(ann, 'hi @bo'))
  const answer = idOf(await scene.says(bo, '@channel hi', { replyTo: first }))

  await loadHistory(app, bo, { chatId: tea, limit: 50, around: answer })
  await loadHistory(app, bo, { chatId: tea, limit: 50, after: 1 })
  await react(app, { userId: bo, messageId: first, emoji: '👍', on: true })
  await editMessage(app, { userId: ann, messageId: first, content: 'hello @bo' })
  await getMessage(app, { userId: bo, messageId: answer })
  await listChanges(app, { userId: bo, chatId: tea, after: 1 })
  const cake = await scene.chat({ kind: 'group', name: 'Cake', memberIds: [bo] })
  const last = await scene.says(ann, 'hi', { chatId: cake })
  await scene.says(ann, 'yes, hi', { chatId: cake, replyTo: idOf(last) })
  await syncChats(app, { userId: bo, chats: { [tea]: 1, [cake]: 1, [newId<'chat'>()]: 1 } })
  await createLogReader(app.db).loadHeads(ann)
  await listChats(app, ann, { limit: 50 })
  await markMessageRead(app, { userId: ann, messageId: answer })
  await deleteMessage(app, { userId: ann, messageId: first })

  const plans = database.plans.filter(({ statement }) => !/^\s*insert/.test(statement))
  const counts = plans.filter(({ statement }) => statement.includes('select distinct n.seq from mentions'))
  const reactions = plans.filter(({ statement }) => /select message_id, emoji, user_id from/.test(statement))
  const several = plans.filter(({ statement }) => statement.includes('rev <= ?'))
  expect(plans.filter(({ steps }) => steps.some((step) => WALK.test(step)))).toEqual([])
  expect(counts).not.toBeEmpty()
  expect(counts.filter(isBackwards)).toEqual([])
  expect(counts.filter(isSorted)).toEqual([])
  expect(counts.flatMap(({ steps }) => steps)).toContainEqual(
    expect.stringContaining('COVERING INDEX messages_uncounted'),
  )
  expect(several.map(({ steps }) => steps[0])).toEqual(['MULTI-INDEX OR', 'MULTI-INDEX OR'])
  expect(reactions).not.toBeEmpty()
  expect(reactions.filter(({ steps }) => !steps[0]?.includes('COVERING INDEX'))).toEqual([])
  await scene.close()
})
