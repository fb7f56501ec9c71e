import { afterAll, beforeAll, expect, test } from 'bun:test'
import { newId } from '../../platform/ids.ts'
import { foldPerson } from '../../accounts/user.ts'
import { startTestNode, type TestNode, type TestPerson } from '../node.ts'
import { openVisitor, type Visitor } from '../visitor.ts'
import { ATTACKS } from './attacks.ts'

// Whatever people write, wherever it is shown: a page holds nothing that it does not hold with plain words (S-25, S-26).

const HARMLESS = Array.from({ length: 130 }, (_, at) =>
  at % 2 === 0 ? `plain words ${at}` : `**b** \`c\` *i* ~~s~~ [l](https://example.org) @ann ${at}`,
)

interface Written {
  /** A chat with everybody in it, in which everything was said. */
  crowd: string
  pages: string[]
}

let node: TestNode
let ann: TestPerson
/** In the crowds only: a sidebar of 460 chats on every page would be slow. */
let bo: TestPerson
let browser: Visitor
let plain: Written
let evil: Written
beforeAll(async () => {
  node = await startTestNode()
  ann = await node.person('ann', 'owner')
  bo = await node.person('bo', 'admin')
  browser = await signIn('bo')
  plain = await write('plain', HARMLESS)
  evil = await write('evil', ATTACKS)
}, 120_000)
afterAll(() => node.stop())

async function signIn(username: string): Promise<Visitor> {
  const visitor = openVisitor(node.url)
  await visitor.post('/login', { email: `${username}@example.org`, password: 'a long password' })
  return visitor
}

/** Puts each text into every field that is shown; the rows are written past the schemas, as an import would. */
async function write(label: string, texts: readonly string[]): Promise<Written> {
  const ids = await Promise.all(texts.map((text, at) => addPerson(`${label}${at}`, text)))
  const draft = { kind: 'channel', visibility: 'private', name: label, member_ids: [bo.id, ...ids] }
  const crowd: string = (await ann.post('/api/chats', draft)).body.chat.id
  for (const text of texts) {
    const { body } = await ann.post('/api/chats', { kind: 'channel', visibility: 'public', name: 'x' })
    await node.node.app.db.write(
      (sql) =>
        sql`update chats set name = ${text}, topic = ${text}, name_folded = ${text} where id = ${body.chat.id}`,
    )
    const said = { client_id: crypto.randomUUID(), content: text }
    await ann.post(`/api/chats/${body.chat.id}/messages`, said)
    await ann.post(`/api/chats/${crowd}/messages`, { ...said, client_id: crypto.randomUUID() })
  }
  const windows = Array.from({ length: Math.ceil(texts.length / 60) }, (_, at) => texts.length + 20 - at * 60)
  return { crowd, pages: windows.map((before) => `/chats/${crowd}?before=${before}`) }
}

async function addPerson(username: string, text: string): Promise<string> {
  const id = newId<'user'>()
  const now = Date.now()
  await node.node.app.db.write(
    (sql) => sql`
      insert into users (id, email, username, full_name, name_folded, bio, status_text, role, authz_changed_at,
        created_at, updated_at)
      values (${id}, ${`${username}@example.org`}, ${username}, ${text}, ${foldPerson(username, text)}, ${text},
        ${text}, 'member', ${now}, ${now}, ${now})`,
  )
  return id
}

interface Seen {
  /** `tag` and `tag attribute`. */
  parts: Set<string>
  /** Addresses that lead, load or send somewhere else. */
  abroad: string[]
  comments: number
}

const LEADING = [
  'href',
  'src',
  'action',
  'formaction',
  'data',
  'srcset',
  'poster',
  'xlink:href',
  'ping',
  'background',
]

function look(html: string): Seen {
  const seen: Seen = { parts: new Set(), abroad: [], comments: 0 }
  const rewriter = new HTMLRewriter().on('*', {
    element(element) {
      seen.parts.add(element.tagName)
      for (const [name, value] of element.attributes) {
        seen.parts.add(`${element.tagName} ${name}`)
        const isOurs =
          /^(\/(?![/\\])|#|\?|https?:\/\/(example|evil)\.org\b|http:\/\/127\.0\.0\.1:|mailto:)/.test(value)
        const isLink =
          element.tagName === 'a' && element.getAttribute('rel') === 'noopener noreferrer nofollow'
        if (LEADING.includes(name) && (!isOurs || (/^https?:\/\/(example|evil)/.test(value) && !isLink)))
          seen.abroad.push(`${element.tagName} ${name}=${value}`)
      }
    },
  })
  rewriter.onDocument({ comments: () => void seen.comments++ })
  rewriter.transform(html)
  return seen
}

/** All pages of a list, by its link to the next. */
async function follow(first: string): Promise<string[]> {
  const pages: string[] = []
  let path: string | undefined = first
  while (path !== undefined && pages.length < 20) {
    const { status, html } = await browser.get(path)
    expect([path, status]).toEqual([path, 200])
    pages.push(html)
    const link: string | undefined = /href="([^"]*[?&](?:amp;)?cursor=[^"]*)"/.exec(html)?.[1]
    path = link?.replaceAll('&amp;', '&')
  }
  return pages
}

const drawn = async ({ crowd, pages }: Written): Promise<string[]> =>
  (
    await Promise.all(
      ['/', '/people', '/channels', `/chats/${crowd}`, `/chats/${crowd}/members`, ...pages].map(follow),
    )
  ).flat()

test('names, states, chats, topics and messages bring nothing onto a page but their words (S-25, S-26)', async () => {
  const sidebar = (await (await signIn('ann')).get('/')).html
  const before = (await drawn(plain)).map(look)
  const known = new Set(before.flatMap(({ parts }) => [...parts]))
  const after = [sidebar, ...(await drawn(evil))]

  expect(ATTACKS.length).toBeGreaterThan(300)
  for (const html of after) {
    const { parts, abroad, comments } = look(html)
    expect([...parts].filter((part) => !known.has(part))).toEqual([])
    expect([abroad, comments]).toEqual([[], 0])
    expect(ATTACKS.filter((attack) => /<[a-z!/]/.test(attack) && html.includes(attack))).toEqual([])
  }
  // The check looked at them: they are all there, as words.
  const all = after.join('')
  expect(ATTACKS.filter((attack) => !all.includes(escaped(attack)))).toEqual([])
}, 120_000)

/** As hono/jsx writes text. */
const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')

test('what an address or a refused form says is never put onto the page as more than words (S-25)', async () => {
  const stranger = openVisitor(node.url)
  const asked = (text: string): Promise<{ html: string; status: number }>[] => {
    const raw = encodeURIComponent(text)
    return [
      stranger.get(`/login?next=${raw}&after=${raw}`),
      stranger.get(`/check-your-mail?email=${raw}&sent=${raw}`),
      stranger.get(`/verify-email?token=${raw}`),
      stranger.get(`/reset-password?token=${raw}`),
      stranger.get(`/join/${raw}`),
      stranger.get(`/no/${raw}?${raw}`),
      stranger.post('/login', { email: text, password: text, next: text }),
      stranger.post('/forgot-password', { email: text }),
      stranger.post('/reset-password', { token: text, password: text }),
      browser.get(`/people?query=${raw}`),
      browser.get(`/channels?query=${raw}`),
      browser.get(`/chats/new?kind=${raw}&query=${raw}&member_ids=${raw}`),
      browser.get(`/people/invites?made=${raw}`),
      browser.get(`/chats/${raw}`),
      browser.post('/chats', { kind: 'channel', name: text.repeat(9), visibility: text }),
      browser.post('/settings/profile', { full_name: text.repeat(9), bio: text, status_emoji: text }),
      browser.post(`/chats/${plain.crowd}/settings`, { name: text.repeat(9), topic: text }),
      browser.post(`/chats/${plain.crowd}/members`, { username: text }),
    ]
  }
  const known = new Set(
    (await Promise.all(asked('plain words'))).flatMap(({ html }) => [...look(html).parts]),
  )
  const some = ATTACKS.filter((_, at) => at % 29 === 0)

  for (const attack of some)
    for (const { html, status } of await Promise.all(asked(attack))) {
      const { parts, abroad, comments } = look(html)
      expect([attack, status < 500]).toEqual([attack, true])
      expect([attack, [...parts].filter((part) => !known.has(part))]).toEqual([attack, []])
      expect([attack, abroad, comments]).toEqual([attack, [], 0])
      if (/<[a-z!/]/.test(attack)) expect([attack, html.includes(attack)]).toEqual([attack, false])
    }
  const page = await stranger.get('/check-your-mail?email=Call%20us%20at%20555-0100')
  expect(page.html).not.toContain('Call us at')
}, 120_000)

test('the check itself sees what must not be there (S-25)', () => {
  const { parts, abroad, comments } = look('<p onx=1><a href=//evil.org>x</a><!-- --><img src=data:,x></p>')

  expect([...parts]).toContain('p onx')
  expect(abroad).toEqual(['a href=//evil.org', 'img src=data:,x'])
  expect(comments).toBe(1)
})
