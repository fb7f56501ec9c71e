import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Sql } from '../../platform/db/db.ts'
import { startTestNode, type TestNode } from '../node.ts'
import { openVisitor, type Visitor } from '../visitor.ts'

// Many people ask the same node at once, and every page is its asker's alone (S-21).

const PEOPLE = 8
interface Person {
  name: string
  /** Stands in everything that is theirs alone. */
  canary: string
  chat: string
  browser: Visitor
}

let node: TestNode
let people: Person[]
beforeAll(async () => {
  node = await startTestNode()
  await node.person('root')
  people = await Promise.all(Array.from({ length: PEOPLE }, (_, at) => settle(`p${at}`)))
  await makeSlow(node)
}, 30_000)
afterAll(() => node.stop())

async function settle(name: string): Promise<Person> {
  const canary = `canary-${crypto.randomUUID()}`
  const person = await node.person(name)
  await person.put('/api/users/me', { bio: canary, phone_number: '+49 30 1' })
  const { body } = await person.post('/api/chats', { kind: 'group', name: canary })
  const said = { client_id: crypto.randomUUID(), content: canary }
  await person.post(`/api/chats/${body.chat.id}/messages`, said)
  const browser = openVisitor(node.url)
  await browser.post('/login', { email: `${name}@example.org`, password: 'a long password' })
  return { name, canary, chat: body.chat.id, browser }
}

/** Every read gives way to the others for a few turns, each time another number of them. */
async function makeSlow({ node: { app } }: TestNode): Promise<void> {
  const turns = async () => {
    for (let left = Math.random() * 6; left > 0; left--) await new Promise((resolve) => setImmediate(resolve))
  }
  const { read } = app.db
  const slow = async (strings: TemplateStringsArray, ...values: never[]) => {
    await turns()
    const rows = await read(strings, ...values)
    await turns()
    return rows
  }
  Object.assign(app.db, { read: Object.assign(slow, { list: read.list }) as unknown as Sql })
}

test('of two hundred pages asked for at once each holds its own asker’s canary and nobody else’s (S-21)', async () => {
  const pagesOf = ({ chat }: Person) => ['/', `/chats/${chat}`, `/chats/${chat}/members`, '/settings/profile']
  const asked = Array.from({ length: 200 }, (_, at) => {
    const person = people[at % PEOPLE] as Person
    const paths = pagesOf(person)
    return { person, path: paths[Math.floor(at / PEOPLE) % paths.length] ?? '/' }
  })

  const pages = await Promise.all(asked.map(({ person, path }) => person.browser.get(path)))

  for (const [at, page] of pages.entries()) {
    const { person, path } = asked[at] as (typeof asked)[number]
    const found = new Set(page.html.match(/canary-[0-9a-f-]{36}/g))
    expect([path, page.status, [...found]]).toEqual([path, 200, [person.canary]])
    expect(page.headers.get('cache-control')).toBe('private, no-store')
    for (const other of people) if (other !== person) expect(page.html).not.toContain(`${other.name}@`)
  }
}, 60_000)

test('answers of the API and refusals go to who asked, too (S-20, S-21)', async () => {
  const doors = (person: Person, other: Person) => [
    { path: '/api/auth/me', status: 200, own: person.canary },
    { path: `/api/chats/${person.chat}/messages`, status: 200, own: person.canary },
    { path: `/api/chats/${other.chat}`, status: 404, own: null },
  ]
  const asked = Array.from({ length: 120 }, (_, at) => {
    const person = people[at % PEOPLE] as Person
    const other = people[(at + 1) % PEOPLE] as Person
    return { person, ...(doors(person, other)[at % 3] as ReturnType<typeof doors>[number]) }
  })

  const answers = await Promise.all(asked.map(({ person, path }) => person.browser.get(path)))

  for (const [at, { html, status }] of answers.entries()) {
    const wanted = asked[at] as (typeof asked)[number]
    const found = [...new Set(html.match(/canary-[0-9a-f-]{36}/g))]
    expect([status, found]).toEqual([wanted.status, wanted.own === null ? [] : [wanted.own]])
  }
}, 60_000)
