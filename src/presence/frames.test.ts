import { afterEach, expect, test } from 'bun:test'
import type { App } from '../platform/context.ts'
import { CAST, startWire, type Wire } from '../testing/wire.ts'
import { presenceFrames } from './frames.ts'
import { createTyping } from './typing.ts'

let wire: Wire
afterEach(() => wire.stop())

test('S-12 who is removed while it is read who types tells nothing of it (C8)', async () => {
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<object[]>()]
  const here = { of: () => 'online' as const, changed: () => {}, stop: () => {} }
  // Told after the node is there: both need its bus.
  const typing = createTyping({ tellChat: (chatId, frame) => wire.bus.tellChat(chatId, frame) })
  wire = startWire({ frames: presenceFrames(here, typing) })
  const read = () => {
    asked.resolve()
    return answer.promise
  }
  wire.app.db = { read: Object.assign(read, { list: () => null }) } as unknown as App['db']
  const tea = wire.chat('ann', 'bo')
  const [ann, bo] = [await wire.connect('ann'), await wire.connect('bo')]
  const typed = bo.asks('typing', { chat_id: tea.id, is_typing: true })
  await asked.promise

  const gone = wire.move(tea, 'bo', false)
  wire.bus.deliver(tea.id, gone.rev, gone.frame)
  answer.resolve([{ id: CAST.bo, username: 'bo', full_name: 'Bo', avatar_url: null }])
  await typed
  typing.stop()

  expect(await ann.receivesNothing('user_typing')).toBe(true)
  expect(ann.frames.some(({ type }) => type === 'user_typing')).toBe(false)
})
