import { describe, expect, test } from 'bun:test'
import { ROLES } from '../platform/session.ts'
import { findUserByUsername, OPERATOR, setStanding } from '../accounts/index.ts'
import { createChat } from '../chats/index.ts'
import { openTestApp, reasonOf } from '../testing/app.ts'
import { deactivate, enrol, FROM, PASSWORD } from '../testing/cast.ts'
import { engines } from '../testing/engines.ts'
import { createInvite, listInvites, readInvite, register, revokeInvite } from './index.ts'

const AWAY = { address: FROM.address, isLocal: false }
const draft = { email: 'bo@example.org', username: 'bo', password: PASSWORD }

describe.each(engines)('invites on %s', (_, fresh) => {
  test('server admins invite, up to their own role, and a guest only into a chat (S-17)', async () => {
    const { app, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const ann = await enrol(app, 'ann')
    const root = await findUserByUsername(app.db.read, 'root')
    const group = (await createChat(app, ada.id, { kind: 'group', name: 'tea' })).chat.id as never

    for (const role of ROLES) {
      const invite = { role, ...(role === 'guest' ? { chat_ids: [group] } : {}) }
      expect(await reasonOf(createInvite(app, ann.id, invite))).toBe('role')
      const byAda = await reasonOf(createInvite(app, ada.id, invite))
      if (role === 'owner') expect(byAda).toBe('role')
      else expect(byAda).toMatchObject({ role, uses: 0 })
    }
    expect(await createInvite(app, root!.id, { role: 'owner' })).toMatchObject({ role: 'owner' })
    expect(await reasonOf(createInvite(app, ada.id, { role: 'guest' }))).toBe('guest_chats')
    expect(await createInvite(app, OPERATOR, {})).toMatchObject({ created_by: root!.id })
    await close()
  })

  test('an invite names only chats to which its maker may add people (S-11)', async () => {
    const { app, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const ann = await enrol(app, 'ann')
    const secret = (await createChat(app, ann.id, { kind: 'group', name: 'secret' })).chat.id as never
    const direct = (await createChat(app, ada.id, { kind: 'direct', memberIds: [ann.id] })).chat.id as never

    expect(await reasonOf(createInvite(app, ada.id, { chat_ids: [secret] }))).toBe('chat')
    expect(await reasonOf(createInvite(app, ada.id, { chat_ids: [direct] }))).toBe('direct')
    await close()
  })

  test('an invite by default lets any number of members in for seven days, and is a word nobody guesses (S-56)', async () => {
    const { app, later, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')

    const invite = await createInvite(app, ada.id, {})
    expect(invite).toMatchObject({
      role: 'member',
      max_uses: null,
      expires_at: app.clock.now() + 7 * 86_400_000,
    })
    expect(Buffer.from(invite.code, 'base64url')).toHaveLength(32)

    later(7 * 86_400_000)
    expect(await readInvite(app, invite.code)).toBeNull()
    expect(await reasonOf(register(app, { ...draft, invite: invite.code }, AWAY))).toBe('invite_invalid')
    await close()
  })

  test('a revoked invite lets nobody in, and is revoked once or twice by whoever may see it (S-56)', async () => {
    const { app, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const cy = await enrol(app, 'cy')
    const root = await findUserByUsername(app.db.read, 'root')
    const mine = await createInvite(app, ada.id, {})
    const above = await createInvite(app, root!.id, { role: 'owner' })

    expect(await reasonOf(revokeInvite(app, cy.id, mine.code))).toBe('role')
    expect(await reasonOf(revokeInvite(app, ada.id, above.code))).toBe('invite')
    expect(await reasonOf(revokeInvite(app, ada.id, 'unknown'))).toBe('invite')
    await revokeInvite(app, ada.id, mine.code)
    await revokeInvite(app, ada.id, mine.code)

    expect(await reasonOf(register(app, { ...draft, invite: mine.code }, AWAY))).toBe('invite_invalid')
    await close()
  })

  test('an invite is worth no more than who made it is now (S-17)', async () => {
    const { app, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const eve = await enrol(app, 'eve', 'owner')
    const byAda = await createInvite(app, ada.id, {})
    const byEve = await createInvite(app, eve.id, { role: 'owner' })

    await deactivate(app, ada)
    await setStanding(app, OPERATOR, { userId: eve.id, role: 'admin' })

    for (const { code } of [byAda, byEve]) {
      expect(await readInvite(app, code)).toBeNull()
      expect(await reasonOf(register(app, { ...draft, invite: code }, AWAY))).toBe('invite_invalid')
    }
    await close()
  })

  test('admins see the invites up to their own role, the newest first, in pages; others see none', async () => {
    const { app, later, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const cy = await enrol(app, 'cy')
    const root = await findUserByUsername(app.db.read, 'root')
    const codes: string[] = []
    for (let at = 0; at < 5; at++) {
      codes.unshift((await createInvite(app, ada.id, {})).code)
      if (at % 2) later(1000)
    }
    await createInvite(app, root!.id, { role: 'owner' })
    await revokeInvite(app, ada.id, (await createInvite(app, ada.id, {})).code)

    const seen: string[] = []
    let cursor: string | undefined
    do {
      const { invites, next } = await listInvites(app, ada.id, { limit: 2, cursor })
      seen.push(...invites.map(({ code }) => code))
      cursor = next ?? undefined
    } while (cursor)

    expect(seen.toSorted()).toEqual(codes.toSorted())
    expect(await reasonOf(listInvites(app, cy.id, { limit: 2 }))).toBe('role')
    expect(await reasonOf(listInvites(app, ada.id, { limit: 2, cursor: 'junk' }))).toBe('cursor')
    await close()
  })
})
