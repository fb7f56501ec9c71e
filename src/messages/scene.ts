import { type Id, newId } from '../platform/ids.ts'
import { createChat } from '../chats/index.ts'
import { addCast, type Cast, openTestApp, type TestApp } from '../testing/app.ts'
import { type FreshDatabase, freshSqlite } from '../testing/databases.ts'
import type { MessageWire } from '../timeline/index.ts'
import type { Draft } from './draft.ts'
import { sendMessage } from './send.ts'

/** Ann and bo have a group, in which ann is the owner. Cy is in nothing. */
export interface Scene extends TestApp, Cast {
  tea: Id<'chat'>
  /** Another chat of ann's; what was told of its making is forgotten. */
  chat(draft: Parameters<typeof createChat>[2]): Promise<Id<'chat'>>
  draft(content: string, more?: Partial<Draft>): Draft
  /** The stored message. */
  says(userId: Id<'user'>, content: string, more?: Partial<Draft>): Promise<MessageWire>
  /** The types of the frames told to chats since the last look. */
  heard(): string[]
}

export async function openScene(fresh: () => Promise<FreshDatabase> = freshSqlite): Promise<Scene> {
  const world = await openTestApp(fresh())
  const cast = await addCast(world.app)
  const chat: Scene['chat'] = async (draft) => {
    const made = await createChat(world.app, cast.ann, draft)
    world.told.length = 0
    return made.chat.id as Id<'chat'>
  }
  const tea = await chat({ kind: 'group', name: 'Tea', memberIds: [cast.bo] })
  const draft: Scene['draft'] = (content, more) => ({
    chatId: tea,
    clientId: newId<'client'>(),
    content,
    replyTo: null,
    ...more,
  })
  return {
    ...world,
    ...cast,
    tea,
    chat,
    draft,
    says: async (userId, content, more) =>
      (await sendMessage(world.app, userId, draft(content, more))).message,
    heard: () =>
      world.told.splice(0).flatMap(({ to, frame }) => (to === 'chat' && frame ? [frame.type] : [])),
  }
}

export const idOf = (message: { id: string }) => message.id as Id<'message'>
