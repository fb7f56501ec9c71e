import { afterAll, beforeAll, expect, test } from 'bun:test'
import { PASSWORD, startTestNode, type TestNode } from '../testing/node.ts'
import { openVisitor, type Visitor } from '../testing/visitor.ts'

let node: TestNode
let ann: Visitor
let cyId: string

beforeAll(async () => {
  node = await startTestNode()
  await node.person('ann', 'owner')
  await node.person('bo')
  cyId = (await node.person('cy')).id
  ann = await signedIn('ann')
})
afterAll(() => node.stop())

async function signedIn(username: string): Promise<Visitor> {
  const visitor = openVisitor(node.url)
  await visitor.post('/login', { email: `${username}@example.org`, password: PASSWORD })
  return visitor
}

/** The usernames of the list, and of the row that is marked. */
function listIn(html: string) {
  const rows = [...html.matchAll(/<tr id="person-[\s\S]*?<\/tr>/g)].map(([row]) => row)
  const nameOf = (row: string) => /@(\w+)/.exec(row)?.[1]
  return { names: rows.map(nameOf), marked: rows.filter((row) => /^<tr[^>]*marked/.test(row)).map(nameOf) }
}

test('an admin hands out a link that sets a password, where no mail is sent; nobody else does', async () => {
  const made = await ann.post(`/people/${cyId}/reset-link`)
  const token = /reset-password\?token=([\w-]+)/.exec(made.html)?.[1] ?? ''
  const way = `/reset-password?token=${token}`
  const cy = openVisitor(node.url)
  const opened = [await cy.get(way), await cy.get(way)].map(({ status }) => status)
  const set = await cy.post('/reset-password', { token, password: PASSWORD })
  const again = await cy.post('/reset-password', { token, password: PASSWORD })
  const late = await cy.get(way)
  const forged = await (await signedIn('cy')).post(`/people/${cyId}/reset-link`)

  expect(made.headers.get('cache-control')).toBe('private, no-store')
  expect(opened).toEqual([200, 200])
  expect([set.path, set.html.includes('Your password is changed.')]).toEqual(['/login?after=reset', true])
  for (const [page, status] of [
    [again, 422],
    [late, 403],
    [await cy.get('/reset-password?token=nothing'), 403],
  ] as const) {
    expect([page.status, page.html.includes('This link no longer works')]).toEqual([status, true])
    expect(page.html).not.toContain('type="password"')
  }
  expect(forged.status).toBe(403)
})

test('who made a password link still sees everybody, the row marked, and where they are', async () => {
  const made = await ann.post(`/people/${cyId}/reset-link`)

  expect(listIn(made.html)).toEqual({ names: ['ann', 'bo', 'cy'], marked: ['cy'] })
  expect(made.html).toMatch(/href="\/people"[^>]*aria-current="page"|aria-current="page"[^>]*href="\/people"/)
  expect(listIn((await ann.get('/people')).html).marked).toEqual([])
})

test('once the password is changed both fields are others, so that neither password stays in them', async () => {
  const bo = await signedIn('bo')
  const idsIn = (html: string) =>
    [...html.matchAll(/<input[^>]* id="((?:current|new)_password[^"]*)"/g)].map(([, id]) => id)
  const before = idsIn((await bo.get('/settings/account')).html)
  const asked = { current_password: PASSWORD, new_password: 'another long one' }
  const after = idsIn((await bo.post('/settings/account/password', asked)).html)

  expect(before).toEqual(['current_password', 'new_password'])
  expect(after.length).toBe(2)
  expect(after.filter((id) => before.includes(id))).toEqual([])
})
