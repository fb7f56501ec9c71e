import { afterEach, expect, test } from 'bun:test'
import { z } from 'zod'
import { startWire, type Wire, type WireOptions } from '../../testing/wire.ts'
import { refuse } from '../errors.ts'
import { type Frames, frame } from './frames.ts'

let wire: Wire
afterEach(() => wire.stop())
const start = (options?: WireOptions): Wire => {
  wire = startWire(options)
  return wire
}

/** Held until the test lets it go. */
let gate = Promise.withResolvers<void>()
const said: string[] = []
const FRAMES: Frames = {
  say: frame(
    z.strictObject({ chat_id: z.string(), text: z.string().max(10) }),
    async (_app, _session, { text }) => {
      said.push(text)
      return { text }
    },
  ),
  wait: frame(z.strictObject({ chat_id: z.string() }), async () => {
    await gate.promise
    said.push('waited')
    return {}
  }),
  crash: frame(z.strictObject({}), () => {
    throw new Error('select secret from /var/lib')
  }),
  limit: frame(z.strictObject({}), () => refuse('rate_limited', 'too_fast', { retryAfterMs: 700 })),
  who: frame(z.strictObject({}), (_app, { userId }) => ({ userId })),
}

test('hello is the first frame, and what is told after it comes once and in order', async () => {
  const { chat, connect, say } = start()
  const tea = chat('ann', 'bo')
  say(tea, 'before')

  const ann = await connect('ann')
  say(tea, 'one')
  say(tea, 'two')
  await ann.ping()

  expect(ann.frames[0]).toEqual({
    type: 'hello',
    data: {
      user_id: expect.any(String),
      node: 'n1',
      epoch: 'e1',
      heartbeat_ms: 25_000,
      chats: [{ id: tea.id, rev: 1, last_seq: 1, last_read_seq: 0, unread: 0, mentions: 0 }],
    },
  })
  const heard = ann.frames.filter(({ type }) => type === 'new_message')
  expect(heard.map(({ data }) => data.text)).toEqual(['one', 'two'])
})

test('a stranger hears nothing of a chat', async () => {
  const { chat, connect, say } = start()
  const tea = chat('ann', 'bo')

  const cy = await connect('cy')
  const ann = await connect('ann')
  say(tea, 'secret')

  await ann.next('new_message')
  expect(await cy.receivesNothing('new_message')).toBe(true)
})

test('an object with a ref gets exactly one answer with that ref', async () => {
  const { connect } = start({ frames: FRAMES })
  const ann = await connect('ann')

  ann.send({ type: 'say', ref: 7, chat_id: 'x', text: 'hi' })
  ann.send({ type: 'say', ref: 'a', chat_id: 'x', text: 'far too long a text' })
  ann.send({ type: 'say', ref: 'b', chat_id: 'x', text: 'hi', more: 1 })
  ann.send({ type: 'say', ref: 'c', text: 'hi' })
  ann.send({ type: 'nothing', ref: 'd' })
  ann.send({ type: 5, ref: 'e' })
  ann.send({ ref: 'f' })
  ann.send({ type: 'toString', ref: 'g' })
  ann.send({ type: 'ping', ref: 'h', more: 1 })
  await ann.ping()

  const answers = ann.frames.filter(({ ref }) => ref !== undefined && ref !== 'r1')
  expect(answers.map(({ type, ref, error }) => [ref, type, error?.code])).toEqual([
    [7, 'ack', undefined],
    ['a', 'error', 'invalid'],
    ['b', 'error', 'invalid'],
    ['c', 'error', 'invalid'],
    ['d', 'error', 'invalid'],
    ['e', 'error', 'invalid'],
    ['f', 'error', 'invalid'],
    ['g', 'error', 'invalid'],
    ['h', 'error', 'invalid'],
  ])
})

test('without a ref a frame is carried out unanswered, and a refusal comes as an error without ref', async () => {
  const { connect } = start({ frames: FRAMES })
  const ann = await connect('ann')

  ann.send({ type: 'say', chat_id: 'x', text: 'quiet' })
  ann.send({ type: 'say', chat_id: 'x', text: 'far too long a text' })
  const error = await ann.next('error')

  expect(said).toContain('quiet')
  expect(error).toEqual({
    type: 'error',
    error: {
      code: 'invalid',
      reason: 'input',
      title: expect.any(String),
      detail: expect.stringContaining('text'),
    },
  })
  expect(ann.frames.some(({ type }) => type === 'ack')).toBe(false)
})

test('a ref that can not be echoed is refused without one', async () => {
  const { connect } = start({ frames: FRAMES })
  const ann = await connect('ann')

  for (const ref of ['x'.repeat(65), 1.5, null, {}, [1], true, 2 ** 60]) ann.send({ type: 'who', ref })
  await ann.ping()

  const errors = ann.frames.filter(({ type }) => type === 'error')
  expect(errors.map(({ ref, error }) => [ref, error.reason])).toEqual(Array(7).fill([undefined, 'ref']))
})

test('a ping is answered by a pong, with a ref by its ack', async () => {
  const { connect } = start()
  const ann = await connect('ann')

  ann.send({ type: 'ping' })

  expect((await ann.next('pong')).data).toEqual({ digest: 0 })
  expect(await ann.asks('ping')).toEqual({ digest: 0 })
})

test('rate_limited carries when to try again', async () => {
  const { connect } = start({ frames: FRAMES })
  const ann = await connect('ann')

  expect(await ann.asks('limit').catch((error) => error)).toMatchObject({
    code: 'rate_limited',
    reason: 'too_fast',
    retry_after_ms: 700,
  })
})

test('S-47 a bug in a handler is told as internal, without its words, and the socket lives', async () => {
  const { connect } = start({ frames: FRAMES })
  const ann = await connect('ann')

  const error = await ann.asks('crash').catch((refusal) => refusal)

  expect(error).toMatchObject({ code: 'internal', reason: 'internal', detail: null })
  expect(JSON.stringify(error)).not.toContain('secret')
  expect(await ann.asks('who')).toMatchObject({ userId: expect.any(String) })
})

const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const BROKEN: [string, string | Uint8Array<ArrayBuffer>][] = [
  ['S-44 binary', new Uint8Array([123, 125])],
  ['what is not JSON', '{"type":'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a number', '5'],
  ['an unknown type without ref', '{"type":"nothing"}'],
  ['no type and no ref', '{}'],
  ['S-23 JSON that nests deeper than 20', deep(30)],
  ['S-47 JSON that nests a thousand times', deep(5000)],
  ['S-47 a key called __proto__', '{"type":"who","__proto__":{"isAdmin":true}}'],
]
test.each(BROKEN)('%s closes the socket with 4409', async (_name, frame) => {
  const { connect } = start({ frames: FRAMES })
  const ann = await connect('ann')

  ann.send(frame)

  expect(await ann.closed).toBe(4409)
})

test('S-42 a frame over 64 KiB closes the socket with 1009, one of 64 KiB is read', async () => {
  const { connect } = start({ frames: FRAMES })
  const ann = await connect('ann')
  const frame = (size: number): string => {
    const empty = JSON.stringify({ type: 'say', ref: 1, chat_id: 'x', text: '' })
    return empty.replace('""', `"${'x'.repeat(size - empty.length)}"`)
  }

  ann.send(frame(64 * 1024))
  expect((await ann.next('error')).ref).toBe(1)
  ann.send(frame(64 * 1024 + 1))

  expect(await ann.closed).toBe(1009)
})

test('S-20 an answer goes to the socket that asked and to no other of the same user', async () => {
  const { connect } = start({ frames: FRAMES })
  const [one, two] = [await connect('ann'), await connect('ann')]

  await one.asks('who')
  await two.ping()

  expect(two.frames.filter(({ type }) => type === 'ack')).toHaveLength(1)
})

test('frames of one socket that name the same chat take effect in the order sent', async () => {
  gate = Promise.withResolvers()
  said.length = 0
  const { connect } = start({ frames: FRAMES })
  const ann = await connect('ann')

  const answers = [
    ann.asks('wait', { chat_id: 'tea' }),
    ann.asks('say', { chat_id: 'tea', text: 'one' }),
    ann.asks('say', { chat_id: 'tea', text: 'two' }),
  ]
  await ann.asks('say', { chat_id: 'milk', text: 'elsewhere' })
  gate.resolve()
  await Promise.all(answers)

  expect(said).toEqual(['elsewhere', 'waited', 'one', 'two'])
})

test('what a batch of writes tells comes first, and then all its answers', async () => {
  const committed = Promise.withResolvers<void>()
  let asked = 0
  const { chat, connect, say } = start({
    frames: {
      send: frame(z.strictObject({}), async () => {
        const steps = ++asked * 5
        if (asked === 3) setImmediate(committed.resolve)
        await committed.promise
        for (let step = 0; step < steps; step++) await null
        for (let at = 0; at < 5; at++) say(tea, `${at}`)
        return {}
      }),
    },
  })
  const tea = chat('ann', 'bo')
  const ann = await connect('ann')

  await Promise.all([ann.asks('send'), ann.asks('send'), ann.asks('send')])

  const order = ann.frames.slice(1).map(({ type }) => type)
  expect(order).toEqual([...Array(15).fill('new_message'), 'ack', 'ack', 'ack'])
})

test('a pong counts what was told before it leaves, and comes after it', async () => {
  const { chat, connect, say } = start({
    frames: {
      send: frame(z.strictObject({}), async () => {
        await Promise.resolve()
        say(tea, 'just committed')
        return {}
      }),
    },
  })
  const tea = chat('ann', 'bo')
  const ann = await connect('ann')

  const sent = ann.asks('send')
  const digest = await ann.ping()
  await sent

  expect(ann.frames.map(({ type }) => type)).toEqual(['hello', 'new_message', 'ack', 'ack'])
  expect(digest).toBe(1)
})
