import { afterEach, beforeEach, expect, test } from 'bun:test'
import { openTestApp, reasonOf, type TestApp } from '../testing/app.ts'
import { authenticate, createUser, findSenders, logIn } from './index.ts'

let test_: TestApp
beforeEach(async () => {
  test_ = await openTestApp()
})
afterEach(() => test_.close())

const from = { address: '192.0.2.1', userAgent: 'Test/1' }
const annDraft = { email: 'ann@example.org', username: 'ann', password: 'a long password' }

test('a person who gives the right password is known by their access token', async () => {
  const ann = await createUser(test_.app, annDraft, { role: 'member', verified: true })

  const signedIn = await logIn(test_.app, annDraft, from)
  const session = await authenticate(test_.app, signedIn.accessToken)

  expect(session).toEqual({ id: signedIn.sessionId, userId: ann.id, role: 'owner', kind: 'person' })
})

test('a wrong password and an unknown account are refused alike', async () => {
  await createUser(test_.app, annDraft, { role: 'member', verified: true })

  expect(await reasonOf(logIn(test_.app, { ...annDraft, password: 'not it at all' }, from))).toBe(
    'credentials',
  )
  expect(await reasonOf(logIn(test_.app, { ...annDraft, email: 'cy@example.org' }, from))).toBe('credentials')
})

test('the senders of a page of messages are found by id, and no one else', async () => {
  const ann = await createUser(test_.app, annDraft, { role: 'member', verified: true })

  const senders = await findSenders(test_.app.db.read, [ann.id])

  expect([...senders]).toEqual([
    [ann.id, { id: ann.id, username: 'ann', full_name: 'ann', avatar_url: null }],
  ])
})
