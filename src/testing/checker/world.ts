import { compareDigests } from './compareDigests.ts'
import { type Device, type Place, startDevice, stopDevice, viewOf } from './device.ts'
import { fetchChat } from './fetch.ts'
import type { Founded } from './founding.ts'
import type { History } from './history.ts'
import { askRest } from './line.ts'
import type { Truth } from './truth.ts'

/** Where a run takes place. */
export interface Ground {
  /** Where people come in: the node, or the proxy before all nodes. */
  place: Place
  /** Each node by itself. */
  nodes: readonly Place[]
  truth: Truth
}

/** The people of a run and the chats they talk in. */
export interface World extends Ground {
  history: History
  devices: Device[]
  people: Record<Name, Person>
  /** Beside the named ones. */
  crowd: Person[]
  chats: { tea: string; desk: string; open: string; fair: string; den: string; pair: string }
  /** Beside the named ones: groups that only talk. */
  groups: string[]
  /** Made while the load runs. */
  founded: Founded[]
  /** Chats that somebody made for another purpose: nothing is judged about them. */
  beside: Set<string>
  random: () => number
}

export interface Person {
  name: string
  id: string
  token: string
}

export const NAMES = ['ada', 'ann', 'bo', 'dan', 'eve', 'cy'] as const
export type Name = (typeof NAMES)[number]

/** How many more than the six people, their eight devices and the six chats. */
export interface Size {
  people: number
  /** Of all people, each some. */
  devices: number
  chats: number
}

const SMALL: Size = { people: 0, devices: 0, chats: 0 }
const PASSWORD = 'a long password'
let settled = 0

/** Where registration is open. On a node without accounts the first is its owner. */
export async function settle(
  ground: Ground,
  history: History,
  random: () => number,
  size: Size = SMALL,
): Promise<World> {
  const { place } = ground
  // The first account is made from the machine itself.
  const [home = place] = ground.nodes
  const tag = settled++ === 0 ? '' : `-${crypto.randomUUID().slice(0, 8)}`
  const people = {} as Record<Name, Person>
  for (const name of NAMES) people[name] = await register(home.url, `${name}${tag}`)
  const extra = Array.from({ length: size.people }, (_, at) => `guest${at + 1}${tag}`)
  const crowd = await Promise.all(extra.map((name) => register(place.url, name)))
  const chats = await found(place, people)
  const world: World = {
    ...ground,
    history,
    people,
    crowd,
    devices: [],
    random,
    chats,
    groups: [],
    founded: [],
    beside: new Set(),
  }
  for (let n = 0; n < size.chats; n++) world.groups.push(await gather(world, n))
  for (const name of NAMES) addDevice(world, people[name], name)
  addDevice(world, people.ann, 'ann on the way')
  addDevice(world, people.bo, 'bo on the way')
  const all = [...crowd, ...Object.values(people)]
  for (let n = 0; n < size.devices; n++) {
    const person = all[n % all.length] as Person
    addDevice(world, person, `${person.name} ${n}`)
  }
  return world
}

async function register(url: string, username: string): Promise<Person> {
  const email = `${username}@example.org`
  await askRest({ url }, 'POST', '/api/auth/register', { email, username, password: PASSWORD })
  return signIn(url, username)
}

/** Somebody who has an account, with a session that is new. */
export async function signIn(url: string, username: string): Promise<Person> {
  const { access_token, user } = await askRest({ url }, 'POST', '/api/auth/login', {
    email: `${username}@example.org`,
    password: PASSWORD,
  })
  return { name: username, id: user.id, token: access_token }
}

/** Each kind of chat; `open` and `fair` are those that people come into and go out of. cy is in none. */
async function found(place: Place, people: Record<Name, Person>): Promise<World['chats']> {
  const make = (by: Name, body: object): Promise<string> => makeChat(place, people[by], body)
  const { ann, bo, dan, eve } = people
  return {
    tea: await make('ada', { kind: 'group', name: 'Tea', member_ids: [ann.id, bo.id, dan.id] }),
    desk: await make('ada', {
      kind: 'channel',
      name: `desk ${dan.name}`,
      member_ids: [ann.id, bo.id, dan.id, eve.id],
    }),
    open: await make('ann', {
      kind: 'channel',
      name: `open ${dan.name}`,
      visibility: 'public',
      member_ids: [bo.id],
    }),
    fair: await make('bo', {
      kind: 'channel',
      name: `fair ${dan.name}`,
      visibility: 'public',
      member_ids: [ann.id],
    }),
    den: await make('ada', { kind: 'channel', name: `den ${dan.name}`, member_ids: [ann.id, bo.id] }),
    pair: await make('ann', { kind: 'direct', member_ids: [bo.id] }),
  }
}

async function makeChat({ url }: Place, { token }: Person, body: object): Promise<string> {
  const { chat } = await askRest({ url, token }, 'POST', '/api/chats', body)
  return chat.id
}

/** Groups of two people up to all of them, ada in each. */
function gather({ place, people, crowd, random }: World, n: number): Promise<string> {
  const { ada, ann, bo, dan, eve } = people
  const others = [ann, bo, dan, eve, ...crowd].toSorted(() => random() - 0.5)
  const members = others.slice(0, 1 + Math.floor(random() * random() * others.length))
  return makeChat(place, ada, { kind: 'group', name: `Group ${n}`, member_ids: members.map(({ id }) => id) })
}

export const allChats = ({ chats, groups, founded }: World): string[] => [
  ...Object.values(chats),
  ...groups,
  ...founded.map(({ id }) => id),
]

/** A founding that found no answer may have happened all the same: the database knows it by what it was asked with. */
async function findFounded({ truth, history, founded }: World): Promise<void> {
  const keys = history.ops.filter(({ kind }) => kind === 'found').map(({ key }) => key)
  if (keys.length === 0) return
  const known = new Set(founded.map(({ id }) => id))
  for (const id of await truth.madeWith(keys)) if (!known.has(id)) founded.push({ id, founder: null })
}

/** A third comes in by the door, a third stays with one node, a third goes from one to another. */
function addDevice(world: World, person: Person, name: string): void {
  const { place, nodes, devices, history } = world
  const at = devices.length
  const home = nodes[Math.floor(at / 3) % nodes.length] as Place
  const places = [[place], [home], nodes][at % 3] as readonly Place[]
  devices.push(startDevice(history, { name, userId: person.id, token: person.token, places }))
}

export const stopWorld = ({ devices }: World): void => devices.forEach(stopDevice)

/** Until every device has what the database has, or the time is over: what is missing then is a finding. */
export async function quiet(world: World, withinMs: number): Promise<number> {
  const began = performance.now()
  await findFounded(world)
  for (;;) {
    const isQuiet = await hasAll(world)
    const took = performance.now() - began
    if (isQuiet || took > withinMs) return took
    await Bun.sleep(20)
  }
}

async function hasAll(world: World): Promise<boolean> {
  const heads = await world.truth.heads(allChats(world))
  return world.devices.every((device) =>
    heads.every(({ id, rev, userIds }) => {
      if (!userIds.includes(device.userId)) return device.online !== null
      const mirror = device.mirrors.get(id)
      return device.online !== null && mirror?.isWhole === true && mirror.rev >= rev
    }),
  )
}

/** C5: what a fault made wrong is right again so soon. */
const HEALED_MS = 30_000

/** Writes down how everything ended: on the devices, in the database, and as each node serves it. */
export async function conclude(world: World, withinMs = HEALED_MS): Promise<void> {
  const { history, people, crowd, nodes, truth } = world
  history.digests = await compareDigests(world.devices, withinMs)
  history.devices = world.devices.map(viewOf)
  await findFounded(world)
  history.heard = history.heard.filter(({ chat }) => !world.beside.has(chat))
  history.ops = history.ops.filter(({ chat }) => !world.beside.has(chat))
  history.stored = await truth.chats(allChats(world))
  history.fetched.clear()
  const everybody = [...Object.values(people), ...crowd]
  for (const { id, members, isGone } of history.stored) {
    const reader = everybody.find((person) => members.get(person.id)?.isIn)
    if (reader === undefined) continue
    const served = nodes.map(({ url }) => {
      const fetched = fetchChat(url, reader.token, id)
      return isGone ? fetched.catch(() => null) : fetched
    })
    history.fetched.set(
      id,
      (await Promise.all(served)).filter((view) => view !== null),
    )
  }
}
