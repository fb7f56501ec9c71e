import { afterEach, expect, test } from 'bun:test'
import { type Device, startDevice, stopDevice } from './device.ts'
import { found } from './doing.ts'
import { hear } from './hearing.ts'
import { newHistory } from './history.ts'
import { newMirror } from './mirror.ts'

// What a device makes of what a node says to it.

const ends: (() => unknown)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** Of bo, who gets these answers in order, and is connected once the first was asked for: what is asked beside comes first. */
function startAt(answers: [status: number, body: object][]): Device {
  const node = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: ({ method }) => {
      if (method !== 'POST') return new Response(null, { status: 503 })
      device.ready.resolve({} as never)
      const [status, body] = answers.shift() ?? [503, { code: 'unavailable' }]
      return Response.json(body, { status })
    },
  })
  const device = startDevice(newHistory(), {
    name: 'bo',
    userId: 'bo',
    token: 'x',
    places: [{ url: `http://127.0.0.1:${node.port}` }],
  })
  ends.push(
    () => node.stop(true),
    () => stopDevice(device),
  )
  return device
}

const chat = (id: string): [number, object] => [201, { chat: { id, kind: 'group', rev: 1 } }]
const refused = (status: number, code: string): [number, object] => [status, { code, reason: 'exists' }]

test.each([
  ['another chat', chat('lunch'), 2, []],
  ['the same chat', chat('tea'), 2, []],
  ['a conflict', refused(409, 'conflict'), 1, ['found repeated: conflict exists']],
  ['a bug', refused(500, 'internal'), 1, ['found repeated: internal exists']],
  ['that it cannot, now', refused(503, 'unavailable'), 1, []],
])(
  'a founding asked twice is answered once with a chat and once with %s',
  async (_, repeat, acks, broken) => {
    const device = startAt([repeat, chat('tea')])

    const op = await found(device, { kind: 'group', name: 'Tea', member_ids: ['ann'] }, true)

    expect([op.outcome, op.acks.length]).toEqual(['ok', acks])
    expect(device.history.broken).toEqual(broken)
  },
)

test.each([
  ['older than what is known is late', { rev: 4 }, ['bo'], true],
  ['of the rev that is known ends it', { rev: 7 }, ['bo'], false],
  ['after we heard that we are out ends it', { rev: 4 }, [], false],
  ['of a chat that was deleted ends it', {}, ['bo'], false],
])('chat_removed %s', (_, data, members, isKept) => {
  const device = startAt([])
  device.mirrors.set('tea', { ...newMirror(7), members: new Set(members), memberRevs: new Map([['bo', 5]]) })

  hear(device, { type: 'chat_removed', data: { chat_id: 'tea', ...data } })

  expect(device.mirrors.has('tea')).toBe(isKept)
})
