import type { Id } from '../platform/ids.ts'
import { addCast, type Cast, openTestApp, type TestApp } from '../testing/app.ts'
import { type FreshDatabase, freshSqlite } from '../testing/databases.ts'
import { createChat } from './create.ts'

export interface Scene extends TestApp, Cast {
  /** A group of ann's; what was told of its making is forgotten. */
  group(...memberIds: Id<'user'>[]): Promise<Id<'chat'>>
  /** A channel of ann's. */
  channel(visibility?: 'public' | 'private'): Promise<Id<'chat'>>
  /** The types of the frames told so far, and the revs of the durable ones. */
  frames(): string[]
  revs(): (number | undefined)[]
}

export async function openScene(fresh: () => Promise<FreshDatabase> = freshSqlite): Promise<Scene> {
  const world = await openTestApp(fresh())
  const cast = await addCast(world.app)
  const make = async (draft: Parameters<typeof createChat>[2]) => {
    const { chat } = await createChat(world.app, cast.ann, draft)
    world.told.length = 0
    return chat.id as Id<'chat'>
  }
  return {
    ...world,
    ...cast,
    group: (...memberIds) => make({ kind: 'group', name: 'Tea', memberIds }),
    channel: (visibility = 'public') => make({ kind: 'channel', name: 'Gärten & Ёлки', visibility }),
    frames: () => world.told.flatMap((telling) => (telling.frame ? [telling.frame.type] : [])),
    revs: () => world.told.flatMap((telling) => (telling.to === 'chat' ? [telling.rev] : [])),
  }
}
