import { expect, test } from 'bun:test'
import { PASSWORD, startTestNode } from '../testing/node.ts'
import { openVisitor } from '../testing/visitor.ts'

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
