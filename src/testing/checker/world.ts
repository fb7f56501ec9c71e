import { type Device, type Place, startDevice, stopDevice, viewOf } from './device.ts'
import type { History } from './history.ts'
import { askRest } from './line.ts'
import { fetchChat, readHeads, readStored } from './truth.ts'

/** The people of a run and the chats they talk in. */
export interface World {
  place: Place
  history: History
  devices: Device[]
  people: Record<Name, Person>
  chats: { tea: string; desk: string; open: string; fair: string; den: string; pair: string }
  random: () => number
}

export interface Person {
  id: string
  token: string
}

export const NAMES = ['ada', 'ann', 'bo', 'dan', 'eve', 'cy'] as const
export type Name = (typeof NAMES)[number]

const PASSWORD = 'a long password'

/** On a node without accounts: the first is its owner. Needs registration to be open. */
export async function settle(place: Place, history: History, random: () => number): Promise<World> {
  const people = {} as Record<Name, Person>
  for (const name of NAMES) people[name] = await register(place.url, name)
  const world: World = { place, history, people, devices: [], random, chats: await found(place, people) }
  for (const name of NAMES) addDevice(world, name, name)
  addDevice(world, 'ann', 'ann on the way')
  addDevice(world, 'bo', 'bo on the way')
  return world
}

async function register(url: string, username: string): Promise<Person> {
  const email = `${username}@example.org`
  await askRest({ url }, 'POST', '/api/auth/register', { email, username, password: PASSWORD })
  const { access_token, user } = await askRest({ url }, 'POST', '/api/auth/login', {
    email,
    password: PASSWORD,
  })
  return { id: user.id, token: access_token }
}

/** Each kind of chat; `open` and `fair` are those that people come into and go out of. cy is in none. */
async function found({ url }: Place, people: Record<Name, Person>): Promise<World['chats']> {
  const make = async (by: Name, body: object): Promise<string> => {
    const { chat } = await askRest({ url, token: people[by].token }, 'POST', '/api/chats', body)
    return chat.id
  }
  const { ann, bo, dan, eve } = people
  return {
    tea: await make('ada', { kind: 'group', name: 'Tea', member_ids: [ann.id, bo.id, dan.id] }),
    desk: await make('ada', {
      kind: 'channel',
      name: 'desk',
      member_ids: [ann.id, bo.id, dan.id, eve.id],
    }),
    open: await make('ann', { kind: 'channel', name: 'open', visibility: 'public', member_ids: [bo.id] }),
    fair: await make('bo', { kind: 'channel', name: 'fair', visibility: 'public', member_ids: [ann.id] }),
    den: await make('ada', { kind: 'channel', name: 'den', member_ids: [ann.id, bo.id] }),
    pair: await make('ann', { kind: 'direct', member_ids: [bo.id] }),
  }
}

export function addDevice(world: World, person: Name, name: string): Device {
  const { id: userId, token } = world.people[person]
  const device = startDevice(world.history, world.place, { name, userId, token })
  world.devices.push(device)
  return device
}

export const stopWorld = ({ devices }: World): void => devices.forEach(stopDevice)

/** Until every device has what the database has, or the time is over: what is missing then is a finding. */
export async function quiet(world: World, path: string, withinMs: number): Promise<number> {
  const began = performance.now()
  for (;;) {
    const took = performance.now() - began
    if (hasAll(world, path) || took > withinMs) return took
    await Bun.sleep(20)
  }
}

function hasAll({ devices }: World, path: string): boolean {
  const heads = readHeads(path)
  return devices.every((device) =>
    heads.every(({ id, rev, userIds }) => {
      if (!userIds.includes(device.userId)) return device.online !== null
      const mirror = device.mirrors.get(id)
      return device.online !== null && mirror?.isWhole === true && mirror.rev >= rev
    }),
  )
}

/** Writes down how everything ended: on the devices, in the file, and as the node serves it. */
export async function conclude(world: World, path: string): Promise<void> {
  const { history, people, place } = world
  history.devices = world.devices.map(viewOf)
  history.stored = readStored(path)
  history.fetched.clear()
  for (const { id, members } of history.stored) {
    const reader = Object.values(people).find((person) => members.get(person.id)?.isIn)
    if (reader !== undefined) history.fetched.set(id, await fetchChat(place.url, reader.token, id))
  }
}
