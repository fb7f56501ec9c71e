import { expect, test } from 'bun:test'
import { type Locks, openTurns } from './turns.ts'

interface Request {
  steal: boolean
  isAborted(): boolean
  grant(): void
  /** Somebody has stolen it, or there are no locks here. */
  fail(name: string): Promise<void>
}

/** Locks that say what they say when the test tells them to. */
function aPage() {
  const requests: Request[] = []
  const heard: boolean[] = []
  const request = (_: string, { steal, signal }: LockOptions, held: LockGrantedCallback<unknown>) => {
    const { promise, reject } = Promise.withResolvers<void>()
    requests.push({
      steal: steal === true,
      isAborted: () => signal?.aborted === true,
      grant: () => void held(null),
      fail: async (name) => {
        reject(new DOMException('', name))
        await promise.catch(() => undefined)
      },
    })
    return promise
  }
  const turns = openTurns({ request } as unknown as Locks, 'outbox', (isOurs) => heard.push(isOurs))
  const at = (place: number) => requests[place] as Request
  return { turns, requests, heard, at }
}

test('the turn that was lost late does not end the one that was taken since', async () => {
  const { turns, heard, at } = aPage()
  turns.take()
  at(0).grant()
  await at(0).fail('AbortError') // another page came to the front: this one waits
  turns.take()
  at(2).grant()

  await at(1).fail('AbortError')
  await at(0).fail('AbortError')

  expect(heard).toEqual([true, false, true])
})

test('a page whose turn it is, or is about to be, asks for nothing more', () => {
  const { turns, requests, heard, at } = aPage()

  for (let focus = 0; focus < 5; focus++) turns.take()
  at(0).grant()
  for (let focus = 0; focus < 5; focus++) turns.take()

  expect(requests).toHaveLength(1)
  expect(heard).toEqual([true])
})

test('who waited and comes to the front waits no longer, and a grant that comes late is given back', () => {
  const { turns, requests, heard, at } = aPage()
  turns.wait()

  turns.take()
  at(1).grant()
  at(0).grant()

  expect(requests.map(({ steal, isAborted }) => [steal, isAborted()])).toEqual([
    [false, true],
    [true, false],
  ])
  expect(heard).toEqual([true])
})

test('a page that lost its turn gets it back when the other one goes', async () => {
  const { turns, requests, heard, at } = aPage()
  turns.take()
  at(0).grant()

  await at(0).fail('AbortError')
  at(1).grant()

  expect(requests.map(({ steal }) => steal)).toEqual([true, false])
  expect(heard).toEqual([true, false, true])
})

test('where locks are refused every page sends, and none asks for ever', async () => {
  const { turns, requests, heard, at } = aPage()
  turns.take()

  await at(0).fail('SecurityError')

  expect(requests).toHaveLength(1)
  expect(heard).toEqual([true])
})
