import { afterAll, beforeAll, expect, test } from 'bun:test'
import { PASSWORD, startTestNode, type TestNode } from '../testing/node.ts'
import { openVisitor, type Visit, type Visitor } from '../testing/visitor.ts'

let node: TestNode
let ann: Visitor
let annId: string
let chat: string

beforeAll(async () => {
  node = await startTestNode()
  annId = (await node.person('ann')).id
  await node.person('cy')
  ann = await signedIn('ann')
  chat = await makeChat()
})
afterAll(() => node.stop())

async function signedIn(username: string, language?: string): Promise<Visitor> {
  const visitor = openVisitor(node.url, language)
  await visitor.post('/login', { email: `${username}@example.org`, password: PASSWORD })
  return visitor
}
const say = (who: Visitor, content: string, client_id: string = crypto.randomUUID()) =>
  who.post(`${chat}/messages`, { client_id, content })
const makeChat = async () =>
  (await ann.post('/chats', { kind: 'channel', name: 'den', visibility: 'private' })).path
/** As `sendMessage` counts them. */
const SENDS = { name: 'send', points: 20, perMs: 5_000 }

const written = ({ html }: Visit) => /<textarea[^>]*>([^<]*)<\/textarea>/.exec(html)?.[1]

test('a plain message that is empty or too long comes back with its text and the reason', async () => {
  const empty = await say(ann, ' \r\n ')
  const long = await say(ann, `first\r\n${'a'.repeat(16_001)}`)

  expect([empty.status, empty.html.includes('Write something first.')]).toEqual([422, true])
  expect([long.status, long.html.includes('This is too long.')]).toEqual([422, true])
  expect(written(long)).toBe(`first\n${'a'.repeat(16_001)}`)
})

test('the reason is in the language of who writes', async () => {
  const refused = await say(await signedIn('ann', 'ru'), ' ')

  expect(refused.html).toContain('Сначала напишите что-нибудь.')
})

test('a text that was sent before under its number comes back under another', async () => {
  const number = crypto.randomUUID()
  await say(ann, 'one', number)
  const refused = await say(ann, 'another', number)

  expect([refused.status, written(refused)]).toEqual([422, 'another'])
  expect(refused.html).not.toContain(`value="${number}"`)
})

test('cy, who may not see the chat, is told nothing of it by a refused message', async () => {
  const cy = await signedIn('cy')

  expect((await say(cy, ' ')).status).toBe(404)
})

test('what was written into a chat that was archived meanwhile can be copied', async () => {
  await ann.post(`${chat}/archive`)
  const refused = await say(ann, 'too late & gone')

  expect([refused.status, written(refused)]).toEqual([422, 'too late &amp; gone'])
  expect(refused.html).toContain('This chat is archived. It can be read, not written to.')
})

test('who writes too fast has the text back, and sends it later as the same message', async () => {
  chat = await makeChat()
  await node.node.app.limits.spend(SENDS, annId, 1_000_000).catch(() => 'spent')
  const number = crypto.randomUUID()
  const refused = await say(ann, 'fast', number)

  expect([refused.status, written(refused)]).toEqual([422, 'fast'])
  expect(refused.html).toContain('Wait a little, then try again.')
  expect(refused.html).toContain(`value="${number}"`)
})

test('of long messages a page has as many as it can bear, the first unread among them, and the way to the rest', async () => {
  const [teller, reader] = [await node.person('tel'), await node.person('rea')]
  const { chat: tale } = (
    await teller.post('/api/chats', { kind: 'group', name: 'tale', member_ids: [reader.id] })
  ).body
  const tell = async (n: number) => {
    const content = `${'<&">'.repeat(3_990)}${n}`
    const sent = { client_id: crypto.randomUUID(), content }
    return (await teller.post(`/api/chats/${tale.id}/messages`, sent)).body.message
  }
  const told = []
  for (let n = 0; n < 20; n++) told.push(await tell(n))
  await reader.post(`/api/chats/${tale.id}/read`, { seq: told[4].seq })
  const open = async (person: typeof teller, query = '') => {
    const { body: html } = await person.get(`/chats/${tale.id}${query}`)
    expect(html.length).toBeLessThan(1_000_000)
    const seqs = [...html.matchAll(/data-seq="(\d+)"/g)].map(([, seq]) => Number(seq))
    expect(seqs.length).toBeLessThan(10)
    return {
      seqs,
      before: /href="\?before=(\d+)"/.exec(html)?.[1],
      after: /href="\?after=(\d+)"/.exec(html)?.[1],
    }
  }

  const newest = await open(teller)
  const older = await open(teller, `?before=${newest.before}`)
  const unread = await open(reader)
  const linked = await open(reader, `?message=${told[9].id}`)
  const oldest = await open(teller, '?before=4')

  expect([newest.seqs.at(-1), newest.after]).toEqual([told[19].seq, undefined])
  expect([older.seqs.at(-1), older.before, older.after]).toEqual([
    newest.seqs[0]! - 1,
    `${older.seqs[0]}`,
    `${older.seqs.at(-1)}`,
  ])
  expect(unread.seqs).toContain(told[5].seq)
  expect(unread.seqs).toContain(told[4].seq)
  expect(linked.seqs).toContain(told[9].seq)
  expect([oldest.seqs[0], oldest.before]).toEqual([1, undefined])
})
