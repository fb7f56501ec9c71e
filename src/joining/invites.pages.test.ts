import { expect, test } from 'bun:test'
import { PASSWORD, startTestNode } from '../testing/node.ts'
import { openVisitor } from '../testing/visitor.ts'
import { isOnlyHere } from './invite.ts'

test('an invite leads into the oldest public channel, unless somebody chooses otherwise', async () => {
  const node = await startTestNode()
  const ann = openVisitor(node.url)
  const account = { full_name: '', email: 'ann@example.org', username: 'ann', password: PASSWORD }
  await ann.post('/setup', account)
  await ann.post('/chats', { kind: 'channel', name: 'later', visibility: 'public' })

  const { html } = await ann.get('/people/invites')

  const boxes = html.match(/<input[^>]*name="chat_ids"[^>]*>/g) ?? []
  expect(boxes.map((box) => box.includes('checked'))).toEqual([true, false])
  await node.stop()
})

/** A node, and the owner who has just opened it at a browser. */
async function openFirst() {
  const node = await startTestNode()
  const ann = openVisitor(node.url)
  const home = await ann.post('/setup', {
    full_name: 'Ann Lee',
    email: 'ann@example.org',
    username: 'ann',
    password: PASSWORD,
  })
  return { node, ann, home }
}

const times = (html: string, part: string) => html.split(part).length - 1
const link = { role: 'member', max_uses: '1', days: '7' }

test('whoever opened the warren is led from the empty channel to an invite into it, until somebody came', async () => {
  const { node, ann, home } = await openFirst()
  const way = `/people/invites?chat=${home.path.split('/').at(-1)}`

  const form = await ann.get(way)
  const made = await ann.post('/people/invites', link)
  const code = /\/join\/([\w-]+)/.exec(made.html)?.[1] ?? ''
  await ann.post('/chats', { kind: 'channel', name: 'quiet', visibility: 'private' })
  const bo = openVisitor(node.url)
  await bo.post(`/join/${code}`, {
    full_name: '',
    email: 'bo@example.org',
    username: 'bo',
    password: PASSWORD,
  })
  const alone = await bo.post('/chats', { kind: 'channel', name: 'mine', visibility: 'public' })

  expect(home.html).toContain(`href="${way}"`)
  expect(form.html).toMatch(/name="chat_ids"[^>]*checked/)
  expect(alone.html).toContain('data-chat')
  expect(alone.html).not.toContain('/people/invites')
  await bo.post(`${home.path}/join`)
  expect((await ann.get(home.path)).html).not.toContain(way)
  await node.stop()
})

test.each([
  ['http://127.0.0.1:8080', true],
  ['http://localhost', true],
  ['http://[::1]:8080', true],
  ['http://192.0.2.7:8080', false],
  ['https://localhost.example.org', false],
])('a link that begins with %s works on this machine only: %p', (origin, isHere) => {
  expect(isOnlyHere(origin)).toBe(isHere)
})

test('who would invite others to this very machine is told so, in their language, and once what a link may do', async () => {
  const { node, ann } = await openFirst()
  await node.person('ada', 'owner')
  const ada = openVisitor(node.url, 'ru')
  await ada.post('/login', { email: 'ada@example.org', password: PASSWORD })

  const made = await ann.post('/people/invites', { ...link, max_uses: '' })
  const russian = await ada.get('/people/invites')
  const away = await ada.get('/people/invites', { host: '192.0.2.7:8080' })

  expect(times(made.html, 'These links work on this machine only.')).toBe(1)
  expect(times(made.html, 'Whoever it is passed on to')).toBe(1)
  expect(times(russian.html, 'Ссылки сработают только на этом компьютере.')).toBe(1)
  expect([away.status, times(away.html, 'Ссылки сработают')]).toEqual([200, 0])
  await node.stop()
})

test('who opens a link reads by whom they are invited, also when their form comes back', async () => {
  const { node, ann } = await openFirst()
  const open = openVisitor(node.url)
  const path = /\/join\/[\w-]+/.exec((await ann.post('/people/invites', link)).html)?.[0] ?? ''

  const account = { full_name: '', email: 'bo@example.org', username: 'B', password: PASSWORD }
  for (const { html } of [await open.get(path), await open.post(path, account)])
    expect(html).toContain('Ann Lee invites you.')
  await node.stop()
})

test('a link is shown once, one that is used up no more, and none makes an owner', async () => {
  const { node, ann } = await openFirst()

  const made = await ann.post('/people/invites', link)
  const code = /\/join\/([\w-]+)/.exec(made.html)?.[1] ?? ''
  const refused = await ann.post('/people/invites', { ...link, role: 'owner' })
  const later = await ann.get('/people/invites')
  const bo = { full_name: '', email: 'bo@example.org', username: 'bo', password: PASSWORD }
  await openVisitor(node.url).post(`/join/${code}`, bo)
  const over = await ann.get('/people/invites')

  for (const { html } of [made, later]) expect(times(html, `/join/${code}</code>`)).toBe(1)
  expect(made.html).not.toContain('<option value="owner"')
  expect(refused.status).toBe(422)
  expect(over.html).not.toContain(code)
  await node.stop()
})

test('a link that makes admins or never ends is told apart', async () => {
  const { node, ann } = await openFirst()
  const admins = 'becomes an admin'
  const anybody = 'passed on'

  const plain = await ann.post('/people/invites', link)
  const wide = await ann.post('/people/invites', { ...link, role: 'admin', max_uses: '' })

  // In the form, where the style shows what fits the choice, or with the link that was just made; never in both.
  expect([times(plain.html, admins), times(plain.html, anybody)]).toEqual([1, 1])
  expect([times(wide.html, admins), times(wide.html, anybody)]).toEqual([1, 1])
  await node.stop()
})

test('people are shown with the name by which they are mentioned, to members too', async () => {
  const { node, ann } = await openFirst()
  await node.person('bo')
  const bo = openVisitor(node.url)
  await bo.post('/login', { email: 'bo@example.org', password: PASSWORD })

  expect((await ann.get('/people')).html).toContain('>@bo<')
  const seen = await bo.get('/people')
  expect(seen.html).toContain('>@ann<')
  expect(seen.html).not.toContain('/people/invites')
  await node.stop()
})
