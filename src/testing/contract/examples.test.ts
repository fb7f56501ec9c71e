import { afterAll, describe, expect, test } from 'bun:test'
import { startTestNode, type TestNode } from '../node.ts'
import { type Block, type Group, readExamples } from './examples.ts'
import type { Known } from './matching.ts'
import { difference } from './matching.ts'
import { runExample } from './runExample.ts'

const groups = readExamples()

describe.each(groups.map((group): [string, Group] => [group.name, group]))('%s', (_, { env, blocks }) => {
  let node: TestNode | undefined
  const known: Known = new Map()
  afterAll(() => node?.stop())

  test.each(blocks.map((block): [string, Block] => [nameOf(block), block]))(
    '%s',
    async (_name, block) => {
      node ??= await startTestNode(env)

      await runExample(node, block, known)
    },
    15_000,
  )
})

const nameOf = (block: Block): string =>
  block.kind === 'http'
    ? `${block.line}: ${block.asked.method} ${block.asked.path}`
    : `${block.line}: ${block.kind}`

describe('of the documents', () => {
  const blocks = groups.flatMap((group) => group.blocks)
  const read = async (path: string) => {
    const node = await startTestNode()
    const { body } = await node.stranger.get(path)
    await node.stop()
    return body
  }

  test('every route has an example that succeeds', async () => {
    const { paths } = await read('/api/openapi.json')
    const asked = blocks.flatMap((block) =>
      block.kind === 'http' && block.status < 300 ? [block.asked] : [],
    )
    const has = (method: string, path: string) => {
      const form = new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '(?!me\\b|messages\\b)[^/?]+')}/?(\\?.*)?$`)
      return asked.some((each) => each.method === method.toUpperCase() && form.test(each.path))
    }
    const routes = Object.entries<object>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method, path] as const),
    )

    expect(routes.length).toBeGreaterThan(40)
    expect(routes.filter(([method, path]) => !has(method, path))).toEqual([])
  })

  test('every frame has an example', async () => {
    const { channels } = await read('/api/asyncapi.json')
    const steps = blocks.flatMap((block) => (block.kind === 'socket' ? block.steps : []))
    const sent = new Set(steps.flatMap((step) => (step.kind === 'send' ? [step.frame.type] : [])))
    const shown = blocks.flatMap((block) =>
      block.kind === 'frame' ? (block.frames as { type: string }[]) : [],
    )
    const heard = new Set(steps.flatMap((step) => (step.kind === 'hear' ? [step.frame.type] : [])))
    for (const { type } of shown) heard.add(type)

    expect(Object.keys(channels.client.messages).filter((type) => !sent.has(type))).toEqual([])
    expect(Object.keys(channels.node.messages).filter((type) => !heard.has(type))).toEqual([])
  })
})

test('an answer that is not as its example is seen', () => {
  const known: Known = new Map([['ann', 'a1']])

  expect(difference({ id: '{new}', by: '{ann}' }, { id: 7, by: 'a1' }, known)).toBeNull()
  expect(known.get('new')).toBe(7)
  expect(difference({ id: '{new}' }, { id: 8 }, known)).toContain('8, not 7')
  expect(difference({ id: 1 }, { id: 1, more: 2 }, known)).toContain('also has more')
  expect(difference({ id: 1, '…': '…' }, { id: 1, more: 2 }, known)).toBeNull()
  expect(difference({ list: [1, '…'] }, { list: [1, 2, 3] }, known)).toBeNull()
  expect(difference({ list: [1] }, { list: [1, 2] }, known)).toContain('2 of them')
  expect(difference({ id: '…' }, {}, known)).toContain('nothing is there')
})
