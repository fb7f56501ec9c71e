import { describe, expect, test } from 'bun:test'
import type { App } from '../platform/context.ts'
import { newId } from '../platform/ids.ts'
import { createUser, findUserByEmail, logIn, type UserRow } from '../accounts/index.ts'
import { addMember, createChat, leaveChat, listChats } from '../chats/index.ts'
import { loadConfig } from '../config.ts'
import { openTestApp, reasonOf } from '../testing/app.ts'
import { enrol, FROM, PASSWORD } from '../testing/cast.ts'
import { engines } from '../testing/engines.ts'
import { createInvite, issueSetupToken, joiningJobs, register } from './index.ts'

const HERE = { address: '127.0.0.1', isLocal: true }
const AWAY = { address: FROM.address, isLocal: false }

const draftOf = (username: string) => ({ email: `${username}@example.org`, username, password: PASSWORD })
const chatsOf = async (app: App, { id }: Pick<UserRow, 'id'>) =>
  (await listChats(app, id, { limit: 100 })).data.map(({ name }) => name)

function withMail(app: App): App {
  return { ...app, config: loadConfig({ env: { WARREN_SMTP_URL: 'mailbox:' } }).config }
}

describe.each(engines)('joining on %s', (_, fresh) => {
  test('the first person at the machine itself is the owner, in a channel that everybody can join', async () => {
    const { app, close } = await openTestApp(fresh())

    const ann = await register(app, { ...draftOf('ann'), startsInChannel: true }, HERE)

    expect(ann).toMatchObject({ username: 'ann', role: 'owner' })
    expect(await chatsOf(app, ann!)).toEqual(['general'])
    await close()
  })

  test("the owner's e-mail never waits for a mail, and the channel is named in their language", async () => {
    const here = await openTestApp(fresh())
    const app = withMail(here.app)

    const ann = await register(app, { ...draftOf('ann'), locale: 'ru', startsInChannel: true }, HERE)

    expect(await logIn(app, draftOf('ann'), FROM)).toBeTruthy()
    expect(await chatsOf(app, ann!)).toEqual(['общий'])
    await here.close()
  })

  test('from elsewhere the first account needs the token that was printed last', async () => {
    const { app, close } = await openTestApp(fresh())
    const old = await issueSetupToken(app)
    const token = await issueSetupToken(app)

    expect(await reasonOf(register(app, draftOf('cy'), AWAY))).toBe('setup_token')
    for (const wrong of ['', old, `${token}x`])
      expect(await reasonOf(register(app, { ...draftOf('cy'), setup_token: wrong }, AWAY))).toBe(
        'setup_token',
      )
    expect(await register(app, { ...draftOf('ann'), setup_token: token }, AWAY)).toMatchObject({
      role: 'owner',
    })

    expect(await reasonOf(register(app, { ...draftOf('cy'), setup_token: token }, AWAY))).toBe(
      'invite_invalid',
    )
    expect(await reasonOf(issueSetupToken(app))).toBe('already_set_up')
    await close()
  })

  test("the operator's own setup token is the one that counts", async () => {
    const here = await openTestApp(fresh())
    const app = { ...here.app, config: { ...here.app.config, setupToken: 'chosen-by-the-operator' } }

    expect(await issueSetupToken(app)).toBe('chosen-by-the-operator')
    expect(await reasonOf(register(app, { ...draftOf('cy'), setup_token: 'another' }, AWAY))).toBe(
      'setup_token',
    )
    expect(
      await register(app, { ...draftOf('ann'), setup_token: 'chosen-by-the-operator' }, AWAY),
    ).toMatchObject({
      role: 'owner',
    })
    await here.close()
  })

  test('of twenty who set up at once one is the owner, and there is one account (S-22)', async () => {
    const { app, close } = await openTestApp(fresh())

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => reasonOf(register(app, draftOf(`user${at}`), HERE))),
    )

    const others = answers.filter((answer) => typeof answer === 'object')
    expect(others).toMatchObject([{ role: 'owner' }])
    expect(await app.db.read`select id from users`).toHaveLength(1)
    await close()
  }, 20_000)

  test('later accounts need an invite, unless registration is open, and none is made where it is closed', async () => {
    const { app, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const { code } = await createInvite(app, ada.id, {})
    const as = (registration: 'open' | 'closed') => ({ ...app, config: { ...app.config, registration } })

    expect(await reasonOf(register(app, draftOf('cy'), AWAY))).toBe('invite_invalid')
    expect(await reasonOf(register(app, { ...draftOf('cy'), invite: 'guessed' }, HERE))).toBe(
      'invite_invalid',
    )
    expect(await reasonOf(register(as('open'), { ...draftOf('cy'), invite: 'guessed' }, AWAY))).toBe(
      'invite_invalid',
    )
    expect(await reasonOf(register(as('closed'), { ...draftOf('cy'), invite: code }, AWAY))).toBe(
      'registration_closed',
    )

    expect(await register(app, { ...draftOf('bo'), invite: code }, AWAY)).toMatchObject({ role: 'member' })
    expect(await register(as('open'), draftOf('eve'), AWAY)).toMatchObject({ role: 'member' })
    await close()
  })

  test('without mail a taken e-mail or username is a conflict, and the invite is not used up', async () => {
    const { app, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const { code } = await createInvite(app, ada.id, { max_uses: 1 })

    const taken = { ...draftOf('bo'), invite: code }
    expect(await reasonOf(register(app, { ...taken, email: ada.email }, AWAY))).toBe('email_taken')
    expect(await reasonOf(register(app, { ...taken, username: 'ada' }, AWAY))).toBe('username_taken')

    expect(await register(app, taken, AWAY)).toMatchObject({ username: 'bo' })
    await close()
  })

  test('with mail a known and a new e-mail are answered alike, and their owners get a mail (S-55)', async () => {
    const here = await openTestApp(fresh())
    const app = withMail(here.app)
    const ada = await enrol(app, 'ada', 'admin')
    const { code } = await createInvite(app, ada.id, { max_uses: 2 })

    const answers = [
      await register(app, { ...draftOf('bo'), invite: code }, AWAY),
      await register(app, { ...draftOf('eve'), email: ada.email, invite: code }, AWAY),
    ]

    expect(answers).toEqual([null, null])
    const mails = (await here.jobs()).map(({ kind, payload }) => ({ kind, ...JSON.parse(payload) }))
    expect(mails.map(({ kind, to }) => ({ kind, to }))).toEqual([
      { kind: 'mail', to: 'bo@example.org' },
      { kind: 'mail', to: ada.email },
    ])
    expect(await findUserByEmail(app.db.read, ada.email)).toMatchObject({ username: 'ada' })
    // Both counted: that an invite is spent must not tell which e-mail was known.
    expect(await reasonOf(register(app, { ...draftOf('cy'), invite: code }, AWAY))).toBe('invite_invalid')
    expect(
      await reasonOf(register(app, { ...draftOf('ada'), email: 'new@example.org', invite: code }, AWAY)),
    ).toBe('invite_invalid')
    await here.close()
  })

  test('of fifty at once exactly as many come in as the invite says (S-22, S-56)', async () => {
    const { app, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const { code } = await createInvite(app, ada.id, { max_uses: 7 })

    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        reasonOf(register(app, { ...draftOf(`user${at}`), invite: code }, AWAY)),
      ),
    )

    expect(answers.filter((answer) => answer === 'invite_invalid')).toHaveLength(43)
    expect(await app.db.read`select id from users where username like 'user%'`).toHaveLength(7)
    expect(await app.db.read`select uses from invites`).toEqual([{ uses: 7 }])
    await close()
  }, 30_000)

  test('an invite brings its people into its chats; the job after it brings back nobody who has left', async () => {
    const { app, jobs, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const tea = (await createChat(app, ada.id, { kind: 'group', name: 'tea' })).chat.id as never
    const gone = (await createChat(app, ada.id, { kind: 'group', name: 'gone' })).chat.id as never
    const bob = await enrol(app, 'bob')
    await addMember(app, ada.id, { chatId: gone, userId: bob.id, role: 'admin' })
    const { code } = await createInvite(app, ada.id, { role: 'guest', chat_ids: [tea, gone] })
    await addMember(app, ada.id, { chatId: gone, userId: bob.id })
    await app.db.write(
      (sql) => sql`update members set left_at = 1 where chat_id = ${gone} and user_id = ${ada.id}`,
    )

    const bo = await register(app, { ...draftOf('bo'), invite: code }, AWAY)
    expect(bo).toMatchObject({ role: 'guest' })
    expect(await chatsOf(app, bo!)).toEqual(['tea'])

    await leaveChat(app, bo!.id, tea)
    const [plan] = (await jobs()).filter(
      ({ kind, payload }) => kind === 'settle_in' && payload.includes(bo!.id),
    )
    await joiningJobs.settle_in?.(app, JSON.parse(plan!.payload), {
      jobId: 'x',
      attempt: 1,
      signal: new AbortController().signal,
    })
    expect(await chatsOf(app, bo!)).toEqual([])
    await close()
  })

  test('a node that died right after the commit finds the chats in the job', async () => {
    const { app, close } = await openTestApp(fresh())
    const ann = await createUser(app, draftOf('ann'), { role: 'member', verified: true })
    const plan = { user_id: ann.id, channel: { client_id: newId<'client'>(), name: 'general' } }
    const context = { jobId: 'x', attempt: 1, signal: new AbortController().signal }

    await joiningJobs.settle_in?.(app, plan, context)
    await joiningJobs.settle_in?.(app, plan, context)

    expect(await chatsOf(app, ann)).toEqual(['general'])
    await close()
  })
})
