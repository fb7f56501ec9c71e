import { expect, test } from 'bun:test'
import { type Id, newId } from '../platform/ids.ts'
import { createTyping, type Typist } from './typing.ts'

const typist = (): Typist => ({ chatId: newId<'chat'>(), userId: newId<'user'>(), username: 'ann' })

test('who stops without saying so is told to have stopped', async () => {
  const told = Promise.withResolvers<object>()
  const typing = createTyping(
    {
      tellChat: (_chatId: Id<'chat'>, { data }) => {
        if ('is_typing' in data && data.is_typing === false) told.resolve(data)
      },
    },
    20,
  )
  const ann = typist()

  typing.begin(ann)

  expect(await told.promise).toEqual({
    chat_id: ann.chatId,
    user_id: ann.userId,
    username: 'ann',
    is_typing: false,
  })
  expect(typing.isDue(ann.chatId, ann.userId)).toBe(true)
})

test('under pressure typing is dropped: more typists than people can read are not told', () => {
  let told = 0
  const typing = createTyping({ tellChat: () => void told++ })
  for (let at = 0; at < 2000; at++) typing.begin(typist())

  const late = typist()

  expect(told).toBe(2000)
  expect(typing.isDue(late.chatId, late.userId)).toBe(false)
  typing.stop()
})
