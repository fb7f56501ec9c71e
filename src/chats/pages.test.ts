import { expect, test } from 'bun:test'
import { startTestNode } from '../testing/node.ts'

test('the page of a chat does not carry what was said in all the others, only how it begins', async () => {
  const node = await startTestNode()
  const ann = await node.person('ann')
  const make = async (name: string) => (await ann.post('/api/chats', { kind: 'group', name })).body.chat.id
  const [tea, cake] = [await make('Tea'), await make('Cake')]
  const content = `**Recipe** ${'x'.repeat(15_000)}`
  await ann.post(`/api/chats/${cake}/messages`, { client_id: crypto.randomUUID(), content })

  const { body: page } = await ann.get(`/chats/${tea}`)

  expect(page).toContain('**Recipe** x')
  expect(page).not.toContain('x'.repeat(201))
  await node.stop()
})

test('the way to the switcher names the key of the keyboard at hand, from the first picture on', async () => {
  const node = await startTestNode()
  const { token } = await node.person('ann')
  const hintOn = async (machine: string) => {
    const headers = { authorization: `Bearer ${token}`, 'user-agent': `Mozilla/5.0 (${machine})` }
    const page = await (await fetch(`${node.url}/`, { headers })).text()
    return /<kbd>(.*?)<\/kbd>/.exec(page)?.[1]
  }

  expect(await hintOn('Macintosh; Intel Mac OS X 10_15_7')).toBe('⌘K')
  expect(await hintOn('X11; Linux x86_64')).toBe('Ctrl K')
  await node.stop()
})

test('who may add members is shown who could come in: nobody inside, nobody deactivated', async () => {
  const node = await startTestNode()
  const ann = await node.person('ann')
  const bo = await node.person('bo')
  await node.person('cy')
  const dee = await node.person('dee')
  const { chat } = (await ann.post('/api/chats', { kind: 'channel', name: 'tea', member_ids: [bo.id] })).body
  await ann.put(`/api/users/${dee.id}`, { is_active: false })
  const offered = async (as: typeof ann) =>
    [...(await as.get(`/chats/${chat.id}/members`)).body.matchAll(/<option value="(\w+)" label/g)].map(
      ([, username]) => username,
    )

  expect(await offered(ann)).toEqual(['cy'])
  expect(await offered(bo)).toEqual([])
  await node.stop()
})
