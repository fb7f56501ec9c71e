import type { Device } from './device.ts'
import { addMember, archive, end, type Founding, found, leave, removeMember, send } from './doing.ts'
import { pick, words } from './words.ts'
import type { World } from './world.ts'

/** A chat that somebody made while everybody talked. */
export interface Founded {
  id: string
  /** Who made it, and owns it. Null for one that only the database knows of. */
  founder: string | null
}

/** Somebody makes a chat, and what is done with a new one happens at once: by any device, on any node. */
export async function makeSomething(world: World, device: Device): Promise<void> {
  const others = strangersTo(world, device.userId)
  if (others.length < 3 || device.name.startsWith('cy')) return
  if (world.random() < 0.35) return pairUp(world, device)
  return gatherSome(world, device, others)
}

/** All but the one, in any order. cy is in none. */
const strangersTo = ({ people: { cy, ...people }, crowd, random }: World, userId: string): string[] =>
  [...Object.values(people), ...crowd]
    .map(({ id }) => id)
    .filter((id) => id !== userId)
    .toSorted(() => random() - 0.5)

const deviceOf = ({ devices, random }: World, userId: string): Device =>
  pick(
    random,
    devices.filter((device) => device.userId === userId),
  )

/** Both may begin it, both may say the first word, and neither need be where it was begun. */
async function pairUp(world: World, device: Device): Promise<void> {
  const { random } = world
  const [other = ''] = strangersTo(world, device.userId)
  const beginning = [make(world, device, { kind: 'direct', member_ids: [other] })]
  if (random() < 0.3) {
    const theirs = deviceOf(world, other)
    beginning.push(make(world, theirs, { kind: 'direct', member_ids: [device.userId] }))
  }
  const [chat] = await Promise.all(beginning)
  if (chat === null || chat === undefined) return
  const speaking = random() < 0.3 ? [other, device.userId] : [pick(random, [other, device.userId])]
  await Promise.all(speaking.map((userId) => say(world, chat, userId)))
}

async function say(world: World, chat: string, userId: string): Promise<void> {
  const device = deviceOf(world, userId)
  await send(device, chat, { content: words(device, 'begins') })
}

async function gatherSome(world: World, device: Device, others: string[]): Promise<void> {
  const { random } = world
  const [newcomer = '', ...named] = others.slice(0, 3 + Math.floor(random() * 4))
  const chat = await make(world, device, { ...form(random, device), member_ids: named })
  if (chat === null) return
  const guest = pick(random, named)
  const staying = named.filter((id) => id !== guest)
  await Promise.all([
    say(world, chat, pick(random, staying)),
    random() < 0.6 ? removeMember(deviceOf(world, device.userId), chat, guest) : say(world, chat, guest),
    random() < 0.5 ? comeAndGo(world, { chat, owner: device.userId, newcomer }) : null,
  ])
  await live(world, { chat, owner: device.userId, staying })
}

const form = (random: () => number, device: Device): Pick<Founding, 'kind' | 'name' | 'visibility'> =>
  random() < 0.6
    ? { kind: 'group', name: words(device, 'gathers') }
    : {
        kind: 'channel',
        name: words(device, 'opens').slice(-80),
        visibility: pick(random, ['private', 'public']),
      }

interface Life {
  chat: string
  owner: string
}

async function comeAndGo(
  world: World,
  { chat, owner, newcomer }: Life & { newcomer: string },
): Promise<void> {
  await addMember(deviceOf(world, owner), chat, newcomer)
  if (world.random() < 0.7) await removeMember(deviceOf(world, owner), chat, newcomer)
}

/** What a young chat goes through: whoever hears it though they should not, or the other way round, shows by these. */
async function live(world: World, { chat, owner, staying }: Life & { staying: string[] }): Promise<void> {
  const { random } = world
  for (let n = Math.floor(random() * 3); n >= 0; n--) {
    await Bun.sleep(random() * 1500)
    await say(world, chat, owner)
    await say(world, chat, pick(random, staying))
  }
  const roll = random()
  if (roll < 0.15) {
    const leaving = pick(random, staying)
    await leave(deviceOf(world, leaving), chat)
  } else if (roll < 0.25) {
    await archive(deviceOf(world, owner), chat, true)
    await archive(deviceOf(world, owner), chat, false)
  } else if (roll < 0.35) await end(deviceOf(world, owner), chat)
}

/** The chat, which the run then knows. Null when it was refused, or when the run ended first. */
export async function make(world: World, device: Device, founding: Founding): Promise<string | null> {
  const { outcome, chat } = await found(device, founding, world.random() < 0.3)
  if (outcome !== 'ok') return null
  if (world.founded.every(({ id }) => id !== chat)) world.founded.push({ id: chat, founder: device.userId })
  return chat
}

/** A last word in each that is still there: whoever was let in by mistake hears it. */
export async function closeFounded(world: World): Promise<void> {
  await Promise.all(
    world.founded.map(async ({ id, founder }) => {
      if (founder === null) return
      const device = deviceOf(world, founder)
      await send(device, id, { content: words(device, 'last words') })
    }),
  )
}
