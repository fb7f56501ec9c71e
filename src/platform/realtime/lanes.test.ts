import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Connection } from './connection.ts'
import { runInLane } from './lanes.ts'

interface Begun {
  type: string
  chat: string
  end: () => void
}

/** Frames that begin when their lane lets them, and end when they are told to. */
function newSocket() {
  const connection = { lanes: null } as Connection
  const begun: Begun[] = []
  const send = (type: string, chat: string) =>
    void runInLane(connection, { chatId: chat, type }, () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      begun.push({ type, chat, end: resolve })
      return promise
    })
  return { connection, begun, send }
}

/** Everything that was ready to run has run. */
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('frames of one type on one chat run side by side, another type waits for all of them', async () => {
  const { connection, begun, send } = newSocket()
  for (const type of ['send', 'send', 'edit', 'send']) send(type, 'tea')
  await nextTurn()
  expect(begun.map(({ type }) => type)).toEqual(['send', 'send'])

  begun[1]?.end()
  await nextTurn()
  expect(begun).toHaveLength(2)

  begun[0]?.end()
  await nextTurn()
  expect(begun.map(({ type }) => type)).toEqual(['send', 'send', 'edit'])

  begun[2]?.end()
  await nextTurn()
  begun[3]?.end()
  await nextTurn()
  expect(begun).toHaveLength(4)
  expect(connection.lanes).toBeNull()
})

test('whatever comes and ends when, frames of a chat begin in the order sent and types never meet', async () => {
  const step = fc.record({
    type: fc.constantFrom('send', 'edit', 'react', 'end'),
    chat: fc.constantFrom('tea', 'cake'),
    which: fc.nat(9),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { connection, begun, send } = newSocket()
      const sent: Record<string, string[]> = { tea: [], cake: [] }
      const ended = new Set<Begun>()
      const running = (chat: string) => begun.filter((one) => one.chat === chat && !ended.has(one))
      const endOne = (which: number) => {
        const open = begun.filter((one) => !ended.has(one))
        const one = open[which % open.length]
        if (one === undefined) return
        ended.add(one)
        one.end()
      }
      const look = async () => {
        await nextTurn()
        for (const chat of ['tea', 'cake']) {
          expect(new Set(running(chat).map(({ type }) => type)).size).toBeLessThanOrEqual(1)
          const order = begun.filter((one) => one.chat === chat).map(({ type }) => type)
          expect(order).toEqual((sent[chat] ?? []).slice(0, order.length))
        }
      }

      for (const { type, chat, which } of steps) {
        if (type === 'end') endOne(which)
        else {
          sent[chat]?.push(type)
          send(type, chat)
        }
        await look()
      }
      for (let left = 0; left < steps.length; left++) {
        endOne(0)
        await look()
      }

      expect(begun).toHaveLength((sent.tea?.length ?? 0) + (sent.cake?.length ?? 0))
      expect(connection.lanes).toBeNull()
    }),
    { numRuns: 200 },
  )
})
