import { describe, expect, test } from 'bun:test'
import type { App } from '../platform/context.ts'
import { openTestApp, reasonOf } from '../testing/app.ts'
import { enrol, FROM, PASSWORD, signIn } from '../testing/cast.ts'
import type { FreshDatabase } from '../testing/databases.ts'
import { engines } from '../testing/engines.ts'
import {
  accountJobs,
  authenticate,
  createResetLink,
  createUser,
  forgotPassword,
  logIn,
  resendVerification,
  resetPassword,
  verifyEmail,
} from './index.ts'

const bo = { email: 'bo@example.org', username: 'bo', password: PASSWORD }
const context = { jobId: 'x', attempt: 1, signal: new AbortController().signal }

/** An App that can send mail; `letters` runs what was asked for and reads what would be sent. */
async function openWithMail(fresh: () => Promise<FreshDatabase>) {
  const here = await openTestApp(fresh())
  const app: App = {
    ...here.app,
    config: { ...here.app.config, smtpUrl: 'mailbox:', baseUrl: 'https://chat.example.org' },
  }
  const letters = async () => {
    for (const { kind, payload } of await here.jobs())
      await accountJobs[kind]?.(app, JSON.parse(payload), context)
    const mails = (await here.jobs()).filter(({ kind }) => kind === 'mail')
    await app.db.write((sql) => sql`delete from jobs`)
    return mails.map(({ payload }) => JSON.parse(payload) as { to: string; text: string })
  }
  return { ...here, app, letters }
}

const tokenIn = (letter: { text: string } | undefined) => /token=([\w-]+)/.exec(letter?.text ?? '')?.[1] ?? ''

describe.each(engines)('mail on %s', (_, fresh) => {
  test('with mail on nobody logs in before the e-mail is proven, and only a right password is told so', async () => {
    const { app, letters, close } = await openWithMail(fresh)
    await enrol(app, 'ann')
    await createUser(app, bo, { role: 'member', verified: false })

    expect(await reasonOf(logIn(app, bo, FROM))).toBe('email_unverified')
    expect(await reasonOf(logIn(app, { ...bo, password: 'a wrong one' }, FROM))).toBe('credentials')

    await resendVerification(app, bo.email, FROM)
    const [letter] = await letters()
    await verifyEmail(app, tokenIn(letter))
    expect(letter?.to).toBe(bo.email)
    expect(await logIn(app, bo, FROM)).toMatchObject({ expiresIn: 1800 })
    await close()
  })

  test("who has proven their e-mail is greeted by name, who has not by username: a name may be a stranger's words", async () => {
    const { app, letters, close } = await openWithMail(fresh)
    await enrol(app, 'ann')
    const named = { ...bo, full_name: 'Bo Lind' }
    await createUser(app, named, { role: 'member', verified: false })
    await resendVerification(app, bo.email, FROM)
    const [first] = await letters()
    await verifyEmail(app, tokenIn(first))
    await forgotPassword(app, bo.email, FROM)
    const [second] = await letters()

    expect([first, second].map((letter) => letter?.text.split('\n')[0])).toEqual([
      'Hello bo,',
      'Hello Bo Lind,',
    ])
    await close()
  })

  test('with mail off nobody is asked to prove anything', async () => {
    const { app, close } = await openTestApp(fresh())
    await enrol(app, 'ann')
    await createUser(app, bo, { role: 'member', verified: false })

    expect(await logIn(app, bo, FROM)).toMatchObject({ expiresIn: 1800 })
    await close()
  })

  test('asking for a mail does the same work for a known and an unknown address (S-55)', async () => {
    const { app, jobs, letters, close } = await openWithMail(fresh)
    const ann = await enrol(app, 'ann')

    await forgotPassword(app, ann.email, FROM)
    await forgotPassword(app, 'cy@example.org', FROM)
    await resendVerification(app, 'cy@example.org', FROM)

    expect((await jobs()).map(({ kind }) => kind)).toEqual(['send_reset', 'send_reset', 'send_verification'])
    expect((await letters()).map(({ to }) => to)).toEqual([ann.email])
    await close()
  })

  test('fifty who bring one verification link at once: one is served (S-07)', async () => {
    const { app, letters, close } = await openWithMail(fresh)
    await enrol(app, 'ann')
    await createUser(app, bo, { role: 'member', verified: false })
    await resendVerification(app, bo.email, FROM)
    const token = tokenIn((await letters())[0])

    const answers = await Promise.all(Array.from({ length: 50 }, () => reasonOf(verifyEmail(app, token))))

    expect(answers.filter((answer) => answer === 'token_invalid')).toHaveLength(49)
    await close()
  })

  test('fifty who bring one reset link at once: one password stands, all sessions end, no other link is left (S-07)', async () => {
    const { app, letters, told, close } = await openWithMail(fresh)
    const ann = await enrol(app, 'ann')
    const before = await signIn(app, ann)
    await forgotPassword(app, ann.email, FROM)
    await forgotPassword(app, ann.email, FROM)
    const [one, other] = (await letters()).map(tokenIn)

    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => reasonOf(resetPassword(app, one ?? '', `password number ${at}`))),
    )

    const winners = answers.flatMap((answer, at) => (answer === 'token_invalid' ? [] : [at]))
    expect(winners).toHaveLength(1)
    expect(
      await logIn(app, { email: ann.email, password: `password number ${winners[0]}` }, FROM),
    ).toBeTruthy()
    expect(await authenticate(app, before.accessToken)).toBeNull()
    expect(told).toContainEqual({ to: 'recheck', id: ann.id })
    expect(await reasonOf(resetPassword(app, other ?? '', 'yet another one'))).toBe('token_invalid')
    expect((await letters()).map(({ text }) => text)).toEqual([expect.stringContaining('was changed')])
    await close()
  }, 20_000)

  test('a link works for its own purpose and its own time, and only its hash is stored (S-07)', async () => {
    const { app, letters, later, close } = await openWithMail(fresh)
    const ann = await enrol(app, 'ann')
    await forgotPassword(app, ann.email, FROM)
    const token = tokenIn((await letters())[0])

    expect(token).toHaveLength(43)
    expect(JSON.stringify(await app.db.read`select * from one_time_tokens`)).not.toContain(token)
    expect(await reasonOf(verifyEmail(app, token))).toBe('token_invalid')
    later(3600_000)
    expect(await reasonOf(resetPassword(app, token, 'another one'))).toBe('token_invalid')
    await close()
  })

  test('without mail an admin hands out a reset link to somebody below, and nobody else does (S-17)', async () => {
    const { app, close } = await openTestApp(fresh())
    const ada = await enrol(app, 'ada', 'admin')
    const eve = await enrol(app, 'eve', 'admin')
    const ann = await enrol(app, 'ann')
    const cy = await enrol(app, 'cy', 'guest')

    for (const [by, who] of [
      [cy, ann],
      [ann, cy],
      [ada, eve],
      [ada, ada],
    ] as const) {
      expect(await reasonOf(createResetLink(app, by.id, who.id))).toBe('role')
    }
    const link = await createResetLink(app, ada.id, ann.id)
    await resetPassword(app, tokenIn({ text: link }), 'another one')

    expect(await logIn(app, { email: ann.email, password: 'another one' }, FROM)).toBeTruthy()
    await close()
  })

  test('links in mail lead to our own address, whatever the request said (S-40)', async () => {
    const { app, letters, close } = await openWithMail(fresh)
    const ann = await enrol(app, 'ann')

    await forgotPassword(app, ann.email, FROM)

    expect((await letters())[0]?.text).toContain('https://chat.example.org/reset-password?token=')
    await close()
  })
})
