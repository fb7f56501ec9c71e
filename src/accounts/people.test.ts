import { describe, expect, test } from 'bun:test'
import { newId } from '../platform/ids.ts'
import { createChat, removeMember } from '../chats/index.ts'
import { openTestApp, reasonOf } from '../testing/app.ts'
import { deactivate, enrol } from '../testing/cast.ts'
import { engines } from '../testing/engines.ts'
import { findPerson, findUserById, findWho, listPeople, updateProfile } from './index.ts'

describe.each(engines)('people on %s', (_, fresh) => {
  test('members find everybody, guests only those they share a chat with, and only while they do (S-11)', async () => {
    const { app, close } = await openTestApp(fresh())
    const ann = await enrol(app, 'ann')
    const bo = await enrol(app, 'bo')
    const gus = await enrol(app, 'gus', 'guest')
    const tea = (await createChat(app, ann.id, { kind: 'group', name: 'tea', memberIds: [gus.id] })).chat
      .id as never
    const found = async (who: typeof ann) =>
      (await listPeople(app, who.id, { limit: 100 })).data.map(({ username }) => username)

    expect(await found(ann)).toEqual(['ann', 'bo', 'gus', 'root'])
    expect(await found(gus)).toEqual(['ann', 'gus'])
    expect(await findPerson(app, gus.id, ann.id)).toMatchObject({ username: 'ann' })
    expect(await reasonOf(findPerson(app, gus.id, bo.id))).toBe('user')

    await removeMember(app, ann.id, { chatId: tea, userId: gus.id })
    expect(await found(gus)).toEqual(['gus'])
    expect(await reasonOf(findPerson(app, gus.id, ann.id))).toBe('user')
    expect(await reasonOf(findPerson(app, ann.id, newId<'user'>()))).toBe('user')
    await close()
  })

  test('e-mail and phone are shown to server admins and to nobody else, and a hash to no one (S-19)', async () => {
    const { app, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const ann = await enrol(app, 'ann')
    const cy = await enrol(app, 'cy')
    await updateProfile(app, ann.id, { phone_number: '+44 20 7946 0000' })
    const fields =
      'id username full_name avatar_url bio status_text status_emoji role kind presence is_active'

    const byCy = await findPerson(app, cy.id, ann.id, () => 'away')
    const byAda = await findPerson(app, ada.id, ann.id)
    const listed = (await listPeople(app, cy.id, { limit: 100 })).data

    expect(Object.keys(byCy)).toEqual(fields.split(' '))
    expect(byCy.presence).toBe('away')
    expect(listed.map((person) => Object.keys(person))).toEqual(listed.map(() => fields.split(' ')))
    expect(Object.keys(byAda)).toEqual([...fields.split(' '), 'email', 'phone_number'])
    expect(byAda).toMatchObject({ email: ann.email, phone_number: '+44 20 7946 0000' })
    await close()
  })

  test('a search finds names in any case and script, takes its signs literally, and goes in pages (S-24)', async () => {
    const { app, close } = await openTestApp(fresh())
    const ann = await enrol(app, 'ann')
    for (const [username, full_name] of [
      ['alena', 'Алёна Ёлкина'],
      ['bo_b', 'Bo 100%'],
      ['bob', 'Bo B'],
    ] as const)
      await updateProfile(app, (await enrol(app, username)).id, { full_name })
    const found = async (query: string) =>
      (await listPeople(app, ann.id, { query, limit: 100 })).data.map(({ username }) => username)

    expect(await found('АЛЕНА ёл')).toEqual(['alena'])
    expect(await found('O_')).toEqual(['bo_b'])
    expect(await found('%')).toEqual(['bo_b'])
    expect(await found('!')).toEqual([])
    expect(await found("' or 1=1 --")).toEqual([])

    const first = await listPeople(app, ann.id, { query: 'bo', limit: 1 })
    const second = await listPeople(app, ann.id, { query: 'bo', limit: 1, cursor: first.page.next ?? '' })
    expect([...first.data, ...second.data].map(({ username }) => username).toSorted()).toEqual([
      'bo_b',
      'bob',
    ])
    expect(second.page.next).toBeNull()
    await close()
  })

  test('the deactivated are listed for admins only, and stay known by id', async () => {
    const { app, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const ann = await enrol(app, 'ann')
    await deactivate(app, await enrol(app, 'gone'))
    const gone = await findWho(app, 'gone')
    const found = async (who: typeof ann) =>
      (await listPeople(app, who.id, { query: 'gone', limit: 100 })).data.map(({ is_active }) => is_active)

    expect(await found(ada)).toEqual([false])
    expect(await found(ann)).toEqual([])
    expect(await findPerson(app, ann.id, gone.id)).toMatchObject({ is_active: false })
    await close()
  })

  test('a profile changes where it is told to, the other devices hear of it, and the phone is sealed', async () => {
    const { app, told, close } = await openTestApp(fresh())
    const ann = await enrol(app, 'ann')

    await updateProfile(app, ann.id, {
      full_name: 'Ann Lee',
      bio: 'tea',
      phone_number: '+1 555 0100',
      locale: 'ru',
    })
    await updateProfile(app, ann.id, { bio: 'tea', phone_number: '+1 555 0100' })
    const user = await updateProfile(app, ann.id, { full_name: '', locale: null, status_emoji: '🍵' })

    expect(user).toMatchObject({ full_name: 'ann', bio: 'tea', locale: null, status_emoji: '🍵' })
    expect((await findUserById(app.db.read, ann.id))?.phone_number).not.toContain('555')
    expect(told.map(({ to, id, frame }) => [to, id, frame?.type])).toEqual([
      ['user', ann.id, 'user_updated'],
      ['user', ann.id, 'user_updated'],
    ])
    expect(JSON.stringify(told)).not.toContain('@example.org')
    await close()
  })

  test('an operator means somebody by e-mail, username or id', async () => {
    const { app, close } = await openTestApp(fresh())
    const ann = await enrol(app, 'ann')

    for (const who of ['ann', 'ANN', 'Ann@Example.org', ann.id])
      expect((await findWho(app, who)).id).toBe(ann.id)
    expect(await reasonOf(findWho(app, 'nobody'))).toBe('user')
    await close()
  })
})
