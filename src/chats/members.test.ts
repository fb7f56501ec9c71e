import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { reasonOf } from '../testing/app.ts'
import { addMember, getChat, joinChat, leaveChat, removeMember, setMemberRole } from './index.ts'
import { openScene, type Scene } from './scene.ts'

let scene: Scene

beforeEach(async () => {
  scene = await openScene()
})

afterEach(() => scene.close())

describe('coming in', () => {
  test('joining a public channel takes two revs and is told once, in order', async () => {
    const chatId = await scene.channel()
    const before = (await getChat(scene.app, scene.ann, chatId)).rev

    const chat = await joinChat(scene.app, scene.bo, chatId)
    await joinChat(scene.app, scene.bo, chatId)

    expect(chat.rev).toBe(before + 2)
    expect(scene.frames()).toEqual(['chat_created', 'member_joined', 'new_message'])
    expect(scene.revs()).toEqual([before + 1, before + 2])
    expect(chat.me).toMatchObject({ unread: 0, role: 'member' })
  })

  test('what is not public has no door, and a guest finds none at all (S-10)', async () => {
    expect(await reasonOf(joinChat(scene.app, scene.cy, await scene.channel('private')))).toBe('chat')
    expect(await reasonOf(joinChat(scene.app, scene.cy, await scene.group()))).toBe('chat')
    expect(await reasonOf(joinChat(scene.app, scene.gus, await scene.channel()))).toBe('chat')
  })

  test('any member adds to a group, only an admin to a private channel', async () => {
    const tea = await scene.group(scene.bo)
    const closed = await scene.channel('private')
    await addMember(scene.app, scene.ann, { chatId: closed, userId: scene.bo })

    expect(await addMember(scene.app, scene.bo, { chatId: tea, userId: scene.cy })).toMatchObject({
      added: true,
    })
    expect(await addMember(scene.app, scene.bo, { chatId: tea, userId: scene.cy })).toMatchObject({
      added: false,
    })
    expect(await reasonOf(addMember(scene.app, scene.bo, { chatId: closed, userId: scene.cy }))).toBe(
      'chat_role',
    )
    expect(
      await reasonOf(addMember(scene.app, scene.bo, { chatId: tea, userId: scene.ada, role: 'admin' })),
    ).toBe('chat_role')
  })

  test('a stranger adds nobody, and learns nothing (S-11)', async () => {
    expect(
      await reasonOf(
        addMember(scene.app, scene.cy, { chatId: await scene.group(scene.bo), userId: scene.cy }),
      ),
    ).toBe('chat')
    expect(
      await reasonOf(addMember(scene.app, scene.cy, { chatId: await scene.channel(), userId: scene.cy })),
    ).toBe('not_member')
  })
})

describe('going out', () => {
  test('a removed member loses the chat at that rev and is told so (S-12, C8)', async () => {
    const chatId = await scene.group(scene.bo)

    await removeMember(scene.app, scene.ann, { chatId, userId: scene.bo })

    expect(scene.frames()).toEqual(['member_left', 'new_message', 'chat_removed'])
    expect(await reasonOf(getChat(scene.app, scene.bo, chatId))).toBe('chat')
    expect((await getChat(scene.app, scene.ann, chatId)).member_count).toBe(1)
  })

  test('nobody is removed by a plain member, an equal or a stranger', async () => {
    const chatId = await scene.group(scene.bo, scene.cy)
    await setMemberRole(scene.app, scene.ann, { chatId, userId: scene.bo, role: 'admin' })
    await addMember(scene.app, scene.ann, { chatId, userId: scene.ada })
    await setMemberRole(scene.app, scene.ann, { chatId, userId: scene.ada, role: 'admin' })

    expect(await reasonOf(removeMember(scene.app, scene.cy, { chatId, userId: scene.bo }))).toBe('chat_role')
    expect(await reasonOf(removeMember(scene.app, scene.bo, { chatId, userId: scene.ada }))).toBe('chat_role')
    expect(await reasonOf(removeMember(scene.app, scene.bo, { chatId, userId: scene.ann }))).toBe('chat_role')
    expect(await reasonOf(removeMember(scene.app, scene.gus, { chatId, userId: scene.cy }))).toBe('chat')
  })

  test('removing twice tells once', async () => {
    const chatId = await scene.group(scene.bo)
    await removeMember(scene.app, scene.ann, { chatId, userId: scene.bo })
    scene.told.length = 0

    await removeMember(scene.app, scene.ann, { chatId, userId: scene.bo })

    // Nobody but the nodes themselves: the first time may have been told to nobody.
    expect(scene.told).toEqual([{ to: 'look', id: chatId }])
  })

  test('the last owner stays, others may go', async () => {
    const chatId = await scene.group(scene.bo)

    expect(await reasonOf(leaveChat(scene.app, scene.ann, chatId))).toBe('last_owner')
    await leaveChat(scene.app, scene.bo, chatId)
    expect(await reasonOf(leaveChat(scene.app, scene.bo, chatId))).toBe('chat')
  })

  test('two owners who leave at once leave one behind (S-22)', async () => {
    const chatId = await scene.group(scene.bo)
    await setMemberRole(scene.app, scene.ann, { chatId, userId: scene.bo, role: 'owner' })

    const left = await Promise.all([
      reasonOf(leaveChat(scene.app, scene.ann, chatId)),
      reasonOf(leaveChat(scene.app, scene.bo, chatId)),
    ])

    expect(left.sort()).toEqual(['last_owner', undefined])
  })

  test('whoever comes back reads on from there', async () => {
    const chatId = await scene.group(scene.bo)
    await leaveChat(scene.app, scene.bo, chatId)
    const { member } = await addMember(scene.app, scene.ann, { chatId, userId: scene.bo })

    expect(member.left_at).toBeNull()
    expect((await getChat(scene.app, scene.bo, chatId)).me?.unread).toBe(0)
    expect((await getChat(scene.app, scene.bo, chatId)).member_count).toBe(2)
  })
})

describe('roles', () => {
  test('an admin raises others up to admin and touches no owner (S-17)', async () => {
    const chatId = await scene.group(scene.bo, scene.cy)
    await setMemberRole(scene.app, scene.ann, { chatId, userId: scene.bo, role: 'admin' })

    expect(
      await setMemberRole(scene.app, scene.bo, { chatId, userId: scene.cy, role: 'admin' }),
    ).toMatchObject({
      role: 'admin',
    })
    expect(
      await reasonOf(setMemberRole(scene.app, scene.bo, { chatId, userId: scene.bo, role: 'owner' })),
    ).toBe('chat_role')
    expect(
      await reasonOf(setMemberRole(scene.app, scene.bo, { chatId, userId: scene.ann, role: 'member' })),
    ).toBe('chat_role')
  })

  test('the last owner cannot step down', async () => {
    const chatId = await scene.group(scene.bo)

    expect(
      await reasonOf(setMemberRole(scene.app, scene.ann, { chatId, userId: scene.ann, role: 'member' })),
    ).toBe('last_owner')
  })

  test('a stranger and a plain member change no role', async () => {
    const chatId = await scene.group(scene.bo, scene.cy)

    expect(
      await reasonOf(setMemberRole(scene.app, scene.bo, { chatId, userId: scene.cy, role: 'admin' })),
    ).toBe('chat_role')
    expect(
      await reasonOf(setMemberRole(scene.app, scene.gus, { chatId, userId: scene.cy, role: 'admin' })),
    ).toBe('chat')
  })
})
