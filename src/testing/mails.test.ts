import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type KeptMail, listMails } from '../platform/mail/mailbox.ts'
import { askerAt, PASSWORD, startTestNode, type TestNode } from './node.ts'
import { openVisitor } from './visitor.ts'

describe('mails of a whole node', () => {
  let node: TestNode
  beforeAll(async () => {
    node = await startTestNode({ WARREN_SMTP_URL: 'mailbox:', WARREN_REGISTRATION: 'open' })
    await node.person('ann')
  })
  afterAll(() => node.stop())

  /** The newest one to somebody, when they have so many: it comes when its job has run. */
  async function mailTo(username: string, count = 1): Promise<KeptMail> {
    for (;;) {
      const theirs = (await listMails(node.dataDir)).filter(({ to }) => to === `${username}@example.org`)
      const [newest] = theirs
      if (newest !== undefined && theirs.length === count) return newest
    }
  }
  const draftOf = (username: string) => ({ email: `${username}@example.org`, username, password: PASSWORD })
  const asking = (language: string) => askerAt(node.url, { 'accept-language': language })
  const forgot = (visitor: { post(path: string, fields: object): Promise<unknown> }, username: string) =>
    visitor.post('/forgot-password', { email: `${username}@example.org` })

  test('somebody is written to in the language they chose, whatever the asker speaks', async () => {
    const bo = await node.person('bo')
    await bo.put('/api/users/me', { locale: 'ru-RU' })

    await asking('en').post('/api/auth/forgot-password', { email: 'bo@example.org' })

    expect(await mailTo('bo')).toMatchObject({
      subject: 'Новый пароль',
      text: expect.stringContaining('Здравствуйте, bo!'),
    })
  })

  test('who chose none is written to in the language of the page or the program that asked', async () => {
    await node.person('cleo')

    await forgot(openVisitor(node.url, 'ru') as never, 'cleo')
    const byPage = await mailTo('cleo')
    await asking('ru-RU, en;q=0.5').post('/api/auth/forgot-password', { email: 'cleo@example.org' })
    const byProgram = await mailTo('cleo', 2)
    await node.stranger.post('/api/auth/forgot-password', { email: 'cleo@example.org' })
    const bySomething = await mailTo('cleo', 3)

    expect([byPage, byProgram, bySomething].map(({ subject }) => subject)).toEqual([
      'Новый пароль',
      'Новый пароль',
      'A new password',
    ])
  })

  test('who is nobody yet is written to in the language in which they sign up; so is the owner of their e-mail', async () => {
    await asking('ru').post('/api/auth/register', draftOf('dima'))
    const first = await mailTo('dima')
    await asking('ru').post('/api/auth/register', { ...draftOf('dima'), username: 'dima2' })
    const second = await mailTo('dima', 2)

    expect([first.subject, second.subject]).toEqual(['Подтвердите адрес', 'У вас уже есть учётная запись'])
  })

  test('whose password is changed without a language of theirs is told in that of the change', async () => {
    const eve = await node.person('eve')
    const headers = { authorization: `Bearer ${eve.token}`, 'accept-language': 'ru' }
    const passwords = { current_password: PASSWORD, new_password: 'another long one' }

    const { status } = await askerAt(node.url, headers).put('/api/users/me/password', passwords)

    expect([status, (await mailTo('eve')).subject]).toEqual([204, 'Пароль изменён'])
  })

  test('a link leads to the port that the node was given when it asked for any', async () => {
    await node.person('finn')

    await node.stranger.post('/api/auth/forgot-password', { email: 'finn@example.org' })

    expect((await mailTo('finn')).text).toContain(`${node.url}/reset-password?token=`)
  })
})
