import { expect, test } from 'bun:test'
import { PASSWORD, startTestNode } from '../testing/node.ts'
import { openVisitor } from '../testing/visitor.ts'

/** Fields with the cursor in them, and those that are marked as wrong. */
function read(html: string) {
  const inputs = html.match(/<(input|textarea)\b[^>]*>/g) ?? []
  const named = (mark: string) =>
    inputs.filter((tag) => tag.includes(mark)).map((tag) => /\sname="([^"]+)"/.exec(tag)?.[1])
  const kept = (name: string) =>
    /\svalue="([^"]*)"/.exec(inputs.find((tag) => tag.includes(`name="${name}"`)) ?? '')?.[1]
  return { cursor: named(' autofocus'), wrong: named('aria-invalid="true"'), kept }
}

const draft = { full_name: 'Ann Lee', email: 'ann@example.org', username: 'ann', password: PASSWORD }

test('a form that was refused comes back with the cursor in the first wrong field, its rule said once, the rest kept', async () => {
  const node = await startTestNode()
  const ann = openVisitor(node.url)

  const first = await ann.get('/setup')
  const again = await ann.post('/setup', { ...draft, username: 'Ann Lee', password: 'short' })

  expect(read(first.html).cursor).toEqual(['full_name'])
  const { cursor, wrong, kept } = read(again.html)
  expect([again.status, cursor, wrong]).toEqual([422, ['username'], ['username', 'password']])
  expect([kept('full_name'), kept('email'), kept('username'), kept('password')]).toEqual([
    'Ann Lee',
    'ann@example.org',
    'Ann Lee',
    undefined,
  ])
  expect(again.html).toContain('id="username-wrong"')
  expect(again.html).not.toContain('id="username-hint"')
  expect(again.html).not.toContain('id="password-hint"')
  await node.stop()
})

test('the printed link brings its token into the form; a wrong one that was typed stays, with what is wrong below it', async () => {
  const node = await startTestNode()
  const ann = openVisitor(node.url)
  const away = { 'x-forwarded-for': '192.0.2.1' }

  const first = await ann.get('/setup?setup_token=printed', away)
  const again = await ann.post('/setup', { ...draft, setup_token: 'mistyped' }, away)

  expect(read(first.html).kept('setup_token')).toBe('printed')
  expect(read(again.html).kept('setup_token')).toBe('mistyped')
  expect(read(again.html).wrong).toEqual(['setup_token'])
  await node.stop()
})

test('a field that is missing keeps its hint, and a name that Warren keeps for itself is told from a wrong one', async () => {
  const node = await startTestNode()
  const ann = openVisitor(node.url)

  const missing = await ann.post('/setup', { ...draft, username: '' })
  const reserved = await ann.post('/setup', { ...draft, username: 'everyone' })

  expect(missing.html).toContain('aria-describedby="username-hint username-wrong"')
  expect(reserved.html).toContain('stands for everybody')
  await node.stop()
})

test('a taken name is a fault of its field; a wrong password at the door puts the cursor there', async () => {
  const node = await startTestNode({ WARREN_REGISTRATION: 'open' })
  await node.person('ann')
  const bo = openVisitor(node.url)

  const taken = await bo.post('/register', { ...draft, email: 'bo@example.org' })
  const door = await bo.post('/login', { email: 'bo@example.org', password: 'not it, not it' })

  expect([read(taken.html).cursor, read(taken.html).wrong]).toEqual([['username'], ['username']])
  expect([read(door.html).cursor, read(door.html).kept('email')]).toEqual([['password'], 'bo@example.org'])
  await node.stop()
})

test('a phone number that is none is answered with an example', async () => {
  const node = await startTestNode()
  const ann = openVisitor(node.url)
  await ann.post('/setup', draft)

  const profile = { full_name: 'Ann Lee', bio: '', status_text: '', status_emoji: '' }
  const again = await ann.post('/settings/profile', { ...profile, phone_number: 'at home' })

  expect(read(again.html).wrong).toEqual(['phone_number'])
  expect(again.html).toContain('Write a number such as +49 30 1234567.')
  await node.stop()
})
