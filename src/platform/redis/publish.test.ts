import { expect, test } from 'bun:test'
import type { Cluster } from 'ioredis'
import { publishInTurn } from './publish.ts'

/** A shard that answers when it is told to, and what it was sent. */
function hangingShard() {
  const sent: string[] = []
  let answer = (): void => {}
  const client = {
    spublish: (_channel: string, text: string) => {
      sent.push(text)
      return new Promise<void>((resolve) => {
        answer = resolve
      })
    },
  } as unknown as Cluster
  /** What it has not answered yet is answered, and what waited for that is sent. */
  const goOn = async (): Promise<void> => {
    answer()
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
  return { client, sent, goOn }
}

test('what is said by one channel leaves in its order, each after the answer to the one before', async () => {
  const { client, sent, goOn } = hangingShard()
  const publish = publishInTurn(client, () => 0)

  for (const text of ['a', 'b', 'c']) publish('tea', text)
  await goOn()
  expect(sent).toEqual(['a'])
  await goOn()
  await goOn()

  expect(sent).toEqual(['a', 'b', 'c'])
})

test('what waited for a shard that hung is old news and is not told', async () => {
  const { client, sent, goOn } = hangingShard()
  let now = 0
  const publish = publishInTurn(client, () => now)

  publish('tea', 'under way')
  await goOn()
  for (let at = 0; at < 100; at++) publish('tea', `old ${at}`)
  now = 1500
  publish('tea', 'new')
  await goOn()
  for (let turn = 0; turn < 100; turn++) await goOn()

  expect(sent).toEqual(['under way', 'new'])
})
