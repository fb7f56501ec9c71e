import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startTestNode, type TestNode } from '../node.ts'
import { ASKERS, type Case, DOORS, type Door, expected, hears, RELATIONS, VISIBILITIES } from './doors.ts'
import { KNOCKS } from './knock.ts'
import { makeWorld, type World } from './world.ts'

let node: TestNode
let world: World

beforeAll(async () => {
  node = await startTestNode()
  world = await makeWorld(node)
}, 60_000)

afterAll(() => node.stop())

const cases: Case[] = VISIBILITIES.flatMap((visibility) =>
  RELATIONS.flatMap((relation) => ASKERS.map((asker) => ({ asker, relation, visibility }))),
)
const nameOf = ({ asker, relation, visibility }: Case) => `${asker}, ${relation}, ${visibility}`

test('the table asks for every asker, relation and kind of channel', () => {
  expect(cases).toHaveLength(7 * 6 * 2)
  expect(Object.keys(KNOCKS)).toEqual(Object.keys(DOORS))
})

describe.each(
  VISIBILITIES.flatMap((visibility) => RELATIONS.map((relation) => [relation, visibility] as const)),
)('%s of a %s channel', (relation, visibility) => {
  const here = cases.filter((each) => each.relation === relation && each.visibility === visibility)

  test('what happens in it is heard by its members, and nothing of it by anybody else', async () => {
    const { chatId } = world.place({ relation, visibility })
    const heard = new Map(here.map((each) => [each.asker, world.knocker(each).socket?.frames.length ?? 0]))

    await world.stir({ relation, visibility })

    for (const each of here) {
      const { socket } = world.knocker(each)
      if (socket === null) continue
      if (relation === 'deactivated') expect(await socket.closed).toBe(4401)
      else await socket.ping()
      const news = socket.frames
        .slice(heard.get(each.asker))
        .filter((frame) => JSON.stringify(frame).includes(chatId))
      const types = new Set(news.map(({ type }) => type))
      if (!hears(each)) expect([nameOf(each), ...types]).toEqual([nameOf(each)])
      else for (const type of wanted(relation)) expect([nameOf(each), ...types]).toContain(type)
    }
  })

  test.each(Object.keys(DOORS) as Door[])('%s', async (door) => {
    const answers: [string, unknown][] = []
    for (const each of here) answers.push([nameOf(each), await KNOCKS[door](world, each)])

    expect(answers).toEqual(here.map((each) => [nameOf(each), expected(door, each)]))
  })
})

const wanted = (relation: string) =>
  relation === 'archived'
    ? ['chat_updated', 'new_message']
    : ['new_message', 'message_updated', 'message_deleted', 'chat_updated', 'message_read', 'user_typing']
