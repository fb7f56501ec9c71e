import { describe, expect, test } from 'bun:test'
import { unavailable } from '../platform/db/failure.ts'
import { newId } from '../platform/ids.ts'
import { ROLES, type Role } from '../platform/session.ts'
import { openTestApp, reasonOf } from '../testing/app.ts'
import { deactivate, enrol, FROM, PASSWORD, signIn } from '../testing/cast.ts'
import { engines } from '../testing/engines.ts'
import {
  authenticate,
  hashDraft,
  listEverybody,
  logIn,
  OPERATOR,
  refresh,
  setStanding,
  storeUser,
  type UserRow,
} from './index.ts'

describe.each(engines)('standing on %s', (_, fresh) => {
  test('people are managed by server admins from above, to a role not above their own (S-17)', async () => {
    const { app, close } = await openTestApp(fresh())
    const people = new Map<string, UserRow>()
    for (const role of ROLES)
      for (const n of ['a', 'b']) people.set(`${role}-${n}`, await enrol(app, `${role}-${n}`, role))
    const person = (name: string) => people.get(name)!.id
    const rank = (role: Role) => ROLES.indexOf(role)

    for (const by of ROLES)
      for (const who of ROLES)
        for (const role of ROLES) {
          const may = rank(by) >= rank('admin') && rank(by) > rank(who) && rank(role) <= rank(by)
          const answer = await reasonOf(
            setStanding(app, person(`${by}-a`), { userId: person(`${who}-b`), role }),
          )
          expect([by, who, role, answer === 'role']).toEqual([by, who, role, !may])
          await setStanding(app, OPERATOR, { userId: person(`${who}-b`), role: who })
        }
    await close()
  }, 20_000)

  test('nobody changes their own role, and nobody is found who is not there', async () => {
    const { app, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')

    expect(await reasonOf(setStanding(app, ada.id, { userId: ada.id, role: 'owner' }))).toBe('role')
    expect(await reasonOf(setStanding(app, ada.id, { userId: ada.id, role: 'member' }))).toBe('role')
    expect(await reasonOf(setStanding(app, ada.id, { userId: newId<'user'>(), role: 'guest' }))).toBe('user')
    await close()
  })

  test('a change of role or a deactivation ends every session; a change to the same ends none, and both are told (S-04)', async () => {
    const { app, told, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const ann = await enrol(app, 'ann')
    const first = await signIn(app, ann)

    await setStanding(app, ada.id, { userId: ann.id, role: 'member', is_active: true })
    expect(await authenticate(app, first.accessToken)).not.toBeNull()
    expect(told).toEqual([{ to: 'recheck', id: ann.id }])

    await setStanding(app, ada.id, { userId: ann.id, role: 'guest' })
    expect(await authenticate(app, first.accessToken)).toBeNull()
    expect(await reasonOf(refresh(app, first.refreshToken))).toBe('refresh_token')

    const second = await signIn(app, ann)
    await setStanding(app, ada.id, { userId: ann.id, is_active: false })
    expect(await authenticate(app, second.accessToken)).toBeNull()
    expect(told).toEqual([1, 2, 3].map(() => ({ to: 'recheck', id: ann.id })))
    await close()
  })

  test('a deactivation whose answer was lost is told when it is repeated (S-04)', async () => {
    const { app, told, close } = await openTestApp(fresh())
    const ann = await enrol(app, 'ann')
    const { write } = app.db
    const loseAnswer: typeof write = async (...asked) => {
      await write(...asked)
      throw unavailable()
    }

    const lost = setStanding({ ...app, db: { ...app.db, write: loseAnswer } }, OPERATOR, {
      userId: ann.id,
      is_active: false,
    })
    expect(await reasonOf(lost)).toBe('database_unavailable')
    expect(told).toEqual([])
    await setStanding(app, OPERATOR, { userId: ann.id, is_active: false })

    expect(told).toEqual([{ to: 'recheck', id: ann.id }])
    await close()
  })

  test('a deactivated person is told no more than a stranger, and comes back with their old password (S-05)', async () => {
    const { app, close } = await openTestApp(fresh())
    const ann = await enrol(app, 'ann')

    await deactivate(app, ann)
    expect(await reasonOf(signIn(app, ann))).toBe('credentials')
    await setStanding(app, OPERATOR, { userId: ann.id, is_active: true })

    expect(await logIn(app, { email: ann.email, password: PASSWORD }, FROM)).toBeTruthy()
    await close()
  })

  test('an admin who was sent away a moment ago manages nobody (S-22)', async () => {
    const { app, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const ann = await enrol(app, 'ann')
    await deactivate(app, ada)

    expect(await reasonOf(setStanding(app, ada.id, { userId: ann.id, role: 'guest' }))).toBe('role')
    await close()
  })

  test('the last owner stays, also when all owners go at once (S-22)', async () => {
    const { app, close } = await openTestApp(fresh())
    await enrol(app, 'ann')
    for (let n = 0; n < 9; n++) await enrol(app, `owner${n}`, 'owner')
    const owners = (await listEverybody(app)).filter(({ role }) => role === 'owner')

    const answers = await Promise.all(
      owners.map(({ id }, n) =>
        reasonOf(
          setStanding(app, OPERATOR, { userId: id, ...(n % 2 ? { is_active: false } : { role: 'member' }) }),
        ),
      ),
    )

    expect(answers.filter((answer) => answer === 'last_server_owner')).toHaveLength(1)
    expect(await app.db.read`select id from users where role = 'owner' and is_active = 1`).toHaveLength(1)
    await close()
  }, 20_000)

  test('of twenty first accounts stored at once one is made, and it is the owner (S-22)', async () => {
    const { app, close } = await openTestApp(fresh())
    const { passwordHash } = await hashDraft({ email: '', username: '', password: PASSWORD })
    const store = (n: number) =>
      app.db.write((sql) =>
        storeUser(
          sql,
          { email: `user${n}@example.org`, username: `user${n}`, passwordHash },
          { role: 'member', verified: false },
          app.clock.now(),
        ),
      )

    // Connections are opened by then: otherwise the first is done before the second has begun.
    await Promise.all(Array.from({ length: 20 }, () => app.db.write((sql) => sql`select 1 as ready`)))

    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => reasonOf(store(n))))

    const owners = (await listEverybody(app)).filter(({ role }) => role === 'owner')
    expect(owners).toHaveLength(1)
    expect(
      answers.filter((answer) => answer === 'already_set_up' || typeof answer === 'object'),
    ).toHaveLength(20)
    await close()
  })
})
