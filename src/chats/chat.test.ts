import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Id } from '../platform/ids.ts'
import { reasonOf } from '../testing/app.ts'
import {
  addMember,
  changeChat,
  createChat,
  deleteChat,
  getChat,
  listChannels,
  listChats,
  listMembers,
  removeMember,
} from './index.ts'
import { chatJobs } from './jobs.ts'
import { openScene, type Scene } from './scene.ts'

let scene: Scene

beforeEach(async () => {
  scene = await openScene()
})

afterEach(() => scene.close())

const purge = (chatId: Id<'chat'>, signal = new AbortController().signal) =>
  chatJobs.purge_chat?.(scene.app, { chat_id: chatId }, { jobId: 'j', attempt: 1, signal })

const idOf = (chat: { id: string }) => chat.id as Id<'chat'>

describe('making a chat', () => {
  test('whoever makes a group owns it, and everybody in it hears of it', async () => {
    const { chat, created } = await createChat(scene.app, scene.ann, {
      kind: 'group',
      name: 'Tea',
      memberIds: [scene.bo],
    })

    expect(created).toBe(true)
    expect(chat).toMatchObject({ kind: 'group', visibility: 'private', name: 'Tea', member_count: 2 })
    expect(chat.me?.role).toBe('owner')
    expect(scene.told.filter((telling) => telling.frame?.type === 'chat_created').map((t) => t.id)).toEqual([
      scene.ann,
      scene.bo,
    ])
    expect(scene.told.filter((telling) => telling.to === 'admitted')).toEqual([
      { to: 'admitted', id: `${chat.id}:${scene.ann},${scene.bo}`, rev: chat.rev },
    ])
  })

  test('two who open a direct chat at once get one, and the other hears of it with the first message (S-22)', async () => {
    const [one, two] = await Promise.all([
      createChat(scene.app, scene.ann, { kind: 'direct', memberIds: [scene.bo] }),
      createChat(scene.app, scene.bo, { kind: 'direct', memberIds: [scene.ann] }),
    ])

    expect(two.chat.id).toBe(one.chat.id)
    expect([one.created, two.created].sort()).toEqual([false, true])
    expect(one.chat.faces?.map((face) => face.username)).toEqual(['bo'])
  })

  test('a direct chat that nobody has spoken in is unheard of by the other', async () => {
    await createChat(scene.app, scene.ann, { kind: 'direct', memberIds: [scene.bo] })

    expect((await listChats(scene.app, scene.ann, { limit: 50 })).data).toHaveLength(1)
    expect((await listChats(scene.app, scene.bo, { limit: 50 })).data).toHaveLength(0)
    expect(scene.told.filter((telling) => telling.id === scene.bo)).toEqual([])
  })

  test('a repeat of the client id gives the first chat', async () => {
    const draft = { kind: 'group', name: 'Tea', clientId: crypto.randomUUID() } as const
    const first = await createChat(scene.app, scene.ann, draft)
    const again = await createChat(scene.app, scene.ann, draft)

    expect(again).toMatchObject({ created: false, chat: { id: first.chat.id } })
    expect(scene.told.at(-1)).toEqual({ to: 'look', id: first.chat.id })
  })

  test('a draft that its kind does not allow is refused', async () => {
    const make = (draft: Parameters<typeof createChat>[2]) =>
      reasonOf(createChat(scene.app, scene.ann, draft))

    expect(await make({ kind: 'channel' })).toBe('name_required')
    expect(await make({ kind: 'direct', name: 'Us', memberIds: [scene.bo] })).toBe('direct_name')
    expect(await make({ kind: 'direct', memberIds: [scene.bo, scene.cy] })).toBe('direct_members')
    expect(await make({ kind: 'direct', memberIds: [scene.ann] })).toBe('direct_members')
    expect(await make({ kind: 'group', visibility: 'public' })).toBe('visibility_only_channels')
    expect(await make({ kind: 'group', memberIds: [crypto.randomUUID() as Id<'user'>] })).toBe('user')
  })

  test('a guest makes no channel and reaches nobody outside their chats', async () => {
    expect(await reasonOf(createChat(scene.app, scene.gus, { kind: 'channel', name: 'Mine' }))).toBe('guest')
    expect(await reasonOf(createChat(scene.app, scene.gus, { kind: 'direct', memberIds: [scene.bo] }))).toBe(
      'user',
    )

    await scene.group(scene.gus, scene.bo)

    expect((await createChat(scene.app, scene.gus, { kind: 'direct', memberIds: [scene.bo] })).created).toBe(
      true,
    )
  })
})

describe('changing a chat', () => {
  test('each change is said in the history, and changing nothing takes no rev', async () => {
    const chatId = await scene.channel()
    const before = (await getChat(scene.app, scene.ann, chatId)).rev

    await changeChat(scene.app, scene.ann, { chatId, name: 'Garden', topic: 'Soil' })
    const same = await changeChat(scene.app, scene.ann, { chatId, name: 'Garden', topic: 'Soil' })

    expect(scene.frames()).toEqual(['chat_updated', 'new_message', 'new_message'])
    expect(scene.revs()).toEqual([before + 1, before + 2, before + 3])
    expect(same.rev).toBe(before + 3)
  })

  test('an archived chat takes nothing but its way back', async () => {
    const chatId = await scene.group(scene.bo)
    await changeChat(scene.app, scene.ann, { chatId, archived: true })

    expect(await reasonOf(changeChat(scene.app, scene.ann, { chatId, name: 'X' }))).toBe('archived')
    expect(await reasonOf(addMember(scene.app, scene.ann, { chatId, userId: scene.cy }))).toBe('archived')
    expect((await changeChat(scene.app, scene.ann, { chatId, archived: false })).archived_at).toBeNull()
  })

  test('only admins change a chat, and nobody a direct one', async () => {
    const chatId = await scene.group(scene.bo)
    const { chat } = await createChat(scene.app, scene.ann, { kind: 'direct', memberIds: [scene.bo] })

    expect(await reasonOf(changeChat(scene.app, scene.bo, { chatId, name: 'X' }))).toBe('chat_role')
    expect(await reasonOf(changeChat(scene.app, scene.cy, { chatId, name: 'X' }))).toBe('chat')
    expect(await reasonOf(changeChat(scene.app, scene.ann, { chatId: idOf(chat), topic: 'X' }))).toBe(
      'direct',
    )
    expect(await reasonOf(changeChat(scene.app, scene.ann, { chatId, visibility: 'public' }))).toBe(
      'visibility_only_channels',
    )
  })
})

describe('deleting a chat', () => {
  test('is its owner’s or the server owner’s, closes it at once and purges it later', async () => {
    const chatId = await scene.group(scene.bo)

    expect(await reasonOf(deleteChat(scene.app, scene.bo, chatId))).toBe('chat_role')
    expect(await reasonOf(deleteChat(scene.app, scene.cy, chatId))).toBe('chat')
    await deleteChat(scene.app, scene.ada, chatId)

    expect(scene.told[0]).toMatchObject({ to: 'closed', id: chatId })
    expect(scene.frames()).toEqual(['chat_removed', 'chat_removed'])
    expect(await reasonOf(getChat(scene.app, scene.ann, chatId))).toBe('chat')
    expect(await listChats(scene.app, scene.ann, { limit: 50 })).toMatchObject({ data: [] })
    expect((await scene.jobs()).map((job) => job.kind)).toEqual(['purge_chat'])
  })

  test('a purge whose time is over stops after a piece, and the next one goes on', async () => {
    const chatId = await scene.group(scene.bo)
    await removeMember(scene.app, scene.ann, { chatId, userId: scene.bo })
    await deleteChat(scene.app, scene.ann, chatId)

    await expect(purge(chatId, AbortSignal.abort())).rejects.toThrow()
    expect(await scene.app.db.read`select id from chats where id = ${chatId}`).toHaveLength(1)
    await purge(chatId)

    expect(await scene.app.db.read`select id from chats where id = ${chatId}`).toEqual([])
  })

  test('purging leaves no row of it, and never touches a chat that lives', async () => {
    const [gone, alive] = [await scene.group(scene.bo), await scene.group(scene.bo)]
    await removeMember(scene.app, scene.ann, { chatId: gone, userId: scene.bo })
    await removeMember(scene.app, scene.ann, { chatId: alive, userId: scene.bo })
    await deleteChat(scene.app, scene.ann, gone)

    await purge(gone)
    await purge(alive)

    const { read } = scene.app.db
    expect(await read`select id from chats where id = ${gone}`).toEqual([])
    expect(await read`select seq from messages where chat_id = ${gone}`).toEqual([])
    expect(await read`select seq from messages where chat_id = ${alive}`).toHaveLength(1)
    expect((await getChat(scene.app, scene.ann, alive)).member_count).toBe(1)
  })
})

describe('finding chats', () => {
  test('strangers see the outside of a public channel and nothing of a private one (S-10)', async () => {
    const open = await scene.channel()
    const closed = await scene.channel('private')

    expect(await getChat(scene.app, scene.cy, open)).toMatchObject({
      me: null,
      last_message: null,
      member_count: 1,
    })
    expect(await reasonOf(getChat(scene.app, scene.cy, closed))).toBe('chat')
    expect(await reasonOf(getChat(scene.app, scene.gus, open))).toBe('chat')
    expect(await reasonOf(listMembers(scene.app, scene.cy, { chatId: open, limit: 50 }))).toBe('not_member')
  })

  test('a channel is found in any case, ё as е, and wildcards are text', async () => {
    await scene.channel()
    const find = async (query: string) =>
      (await listChannels(scene.app, scene.cy, { query, limit: 50 })).data.map((chat) => chat.name)

    expect(await find('елки')).toEqual(['Gärten & Ёлки'])
    expect(await find('GÄRTEN')).toEqual(['Gärten & Ёлки'])
    expect(await find('%')).toEqual([])
    expect((await listChannels(scene.app, scene.gus, { query: '', limit: 50 })).data).toEqual([])
  })

  test('a long list comes in pages without a hole', async () => {
    for (let at = 0; at < 5; at++) await scene.channel()

    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listChannels(scene.app, scene.cy, { query: '', limit: 2, cursor })
      seen.push(...page.data.map((chat) => chat.id))
      cursor = page.page.next ?? undefined
    } while (cursor !== undefined)

    expect(new Set(seen).size).toBe(5)
    expect(seen).toHaveLength(5)
  })
})
