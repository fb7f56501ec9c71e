import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { z } from 'zod'
import { chatFrames } from '../../chats/frames.ts'
import { messagesFrames } from '../../messages/index.ts'
import { presenceFrame, typingFrame, watchPresenceFrame } from '../../presence/index.ts'
import type { Frame, TestSocket } from '../socket.ts'
import { fingerprint } from './fingerprint.ts'
import { BROKEN, spoil } from './nasty.ts'
import { makeTarget, type Target } from './target.ts'

let target: Target
beforeAll(async () => {
  target = await makeTarget()
}, 30_000)
afterAll(() => target.node.stop())

const schemas: Record<string, z.ZodType> = {
  ...Object.fromEntries(
    Object.entries({ ...chatFrames, ...messagesFrames }).map(([type, { schema }]) => [type, schema]),
  ),
  presence: presenceFrame,
  typing: typingFrame,
  watch_presence: watchPresenceFrame,
}

const goodFrames = ({ chatId, message, bo }: Target): Record<string, Record<string, unknown>> => ({
  send_message: {
    chat_id: chatId,
    client_id: crypto.randomUUID(),
    content: 'x',
    reply_to: message.id,
    attachment_ids: [],
    thread_id: null,
  },
  edit_message: { message_id: message.id, content: 'x' },
  delete_message: { message_id: message.id },
  react: { message_id: message.id, emoji: '👍', on: true },
  message_read: { chat_id: chatId, seq: message.seq },
  typing: { chat_id: chatId, is_typing: true },
  join_room: { chat_id: chatId },
  leave_room: { chat_id: chatId },
  sync: { epoch: 'x', chats: { [chatId]: 0 } },
  presence: { state: 'away' },
  watch_presence: { user_ids: [bo.id] },
})

const types = Object.keys(schemas)

async function changesNothing(work: (socket: TestSocket) => Promise<void>): Promise<void> {
  const socket = await target.ann.connect()
  const before = await fingerprint(target.node)
  await work(socket)
  await socket.ping()
  expect(await fingerprint(target.node)).toEqual(before)
  socket.close()
}

const refusal = (socket: TestSocket, type: string, fields: object): Promise<{ code: string }> =>
  socket.asks(type, fields).then(
    () => ({ code: 'done' }),
    (error) => error,
  )

test('every frame has a good one to be spoilt', async () => {
  const { body } = await target.node.stranger.get('/api/asyncapi.json')
  const known = Object.keys(body.channels.client.messages).filter((type) => type !== 'ping')

  expect(types.toSorted()).toEqual(known.toSorted())
  for (const [type, fields] of Object.entries(goodFrames(target)))
    expect([type, schemas[type]?.safeParse(fields).success]).toEqual([type, true])
})

test.each(types)('S-23 a frame with one thing wrong is refused, the socket stays: %s', async (type) => {
  const spoilt = spoil(goodFrames(target)[type] ?? {}).filter(
    ({ isUnknown, body }) => isUnknown || !schemas[type]?.safeParse(body).success,
  )

  await changesNothing(async (socket) => {
    for (const { what, body } of spoilt)
      expect([what, (await refusal(socket, type, body)).code]).toEqual([what, 'invalid'])
    // A key more, on a ping: it has no schema of its own.
    expect((await refusal(socket, 'ping', { more: 1 })).code).toBe('invalid')
  })
  expect(spoilt.length).toBeGreaterThan(20)
})

test.each(['message_id', 'chat_id'])("other people's %s is one that is not there", async (key) => {
  const { foreign, ann } = target
  const ids = [key === 'chat_id' ? foreign.chatId : foreign.messageId, ann.id, crypto.randomUUID()]
  const asked = Object.entries(goodFrames(target)).filter(([, fields]) => key in fields)
  expect(asked.length).toBeGreaterThan(2)

  await changesNothing(async (socket) => {
    for (const [type, fields] of asked)
      for (const id of ids)
        expect([type, await refusal(socket, type, { ...fields, [key]: id })]).toMatchObject([
          type,
          { code: 'not_found' },
        ])
  })
})

test('a reply to what was said in another chat is refused', async () => {
  const good = goodFrames(target).send_message
  await changesNothing(async (socket) => {
    for (const reply_to of [target.foreign.messageId, target.chatId, crypto.randomUUID()])
      expect((await refusal(socket, 'send_message', { ...good, reply_to })).code).not.toBe('done')
  })
})

test('to an archived chat nothing is written, by any frame', async () => {
  const good = goodFrames(target)
  await changesNothing(async (socket) => {
    const said = await refusal(socket, 'send_message', {
      ...good.send_message,
      reply_to: null,
      chat_id: target.archivedId,
    })
    expect(said).toMatchObject({ code: 'conflict', reason: 'archived' })
  })
})

test('a repeat changes nothing and is answered the same', async () => {
  const socket = await target.ann.connect()
  const good = goodFrames(target)
  const repeated = ['send_message', 'edit_message', 'react', 'message_read', 'join_room', 'presence'] as const
  for (const type of repeated) {
    const first = await socket.asks(type, good[type])
    const before = await fingerprint(target.node)
    expect([type, await socket.asks(type, good[type])]).toEqual([type, first])
    expect([type, await fingerprint(target.node)]).toEqual([type, before])
  }
  socket.close()
})

const closing: [string, string | Uint8Array<ArrayBuffer>, number][] = [
  ...BROKEN.map(([what, text]): [string, string | Uint8Array<ArrayBuffer>, number] => [what, text, 4409]),
  ['an empty frame', '', 4409],
  ['no type', '{}', 4409],
  ['an unknown type', '{"type":"sing"}', 4409],
  ['a type that every object has', '{"type":"constructor"}', 4409],
  ['a type that is none', '{"type":["ping"]}', 4409],
  ['binary', new Uint8Array([1, 2, 3]), 4409],
  ['JSON in binary', new TextEncoder().encode('{"type":"ping"}'), 4409],
]
test.each(closing)(
  'S-44 a frame that breaks the protocol ends its socket only: %s',
  async (_, frame, code) => {
    const socket = await target.ann.connect()
    const other = await target.ann.connect()

    socket.send(frame)

    expect(await socket.closed).toBe(code)
    expect(await other.ping()).toBeGreaterThan(0)
    other.close()
  },
)

test('S-42 a frame of 64 KiB is read, a longer one ends the socket', async () => {
  const socket = await target.ann.connect()
  const frame = (bytes: number) => {
    const bare = JSON.stringify({ type: 'ping', more: '' })
    return JSON.stringify({ type: 'ping', more: 'x'.repeat(bytes - bare.length) })
  }

  socket.send(frame(64 * 1024))
  expect((await socket.next('error')).error.code).toBe('invalid')
  socket.send(frame(64 * 1024 + 1))

  expect([1009, 1006]).toContain(await socket.closed)
})

test('a ref is a string up to 64 or an integer, and is given back as it came', async () => {
  const socket = await target.ann.connect()
  for (const ref of ['', 'x'.repeat(64), 0, -1, 2 ** 53 - 1, '__proto__']) {
    socket.send({ type: 'ping', ref })
    expect(
      (await socket.next('ack', (frame: Frame) => Object.is(frame.ref, ref))).data.digest,
    ).toBeGreaterThan(0)
  }
  for (const ref of ['x'.repeat(65), 1.5, null, true, [], {}, 2 ** 53]) {
    socket.send({ type: 'ping', ref })
    expect((await socket.next('error')).error).toMatchObject({ code: 'invalid', reason: 'ref' })
  }
  socket.close()
})

test('an unknown type with a ref is answered by it, and the socket stays', async () => {
  const socket = await target.ann.connect()
  for (const type of ['sing', '', '__proto__', 'toString', 7, null])
    expect(await refusal(socket, 'ping', { type })).toMatchObject({ code: 'invalid' })
  expect(await socket.ping()).toBeGreaterThan(0)
  socket.close()
})
