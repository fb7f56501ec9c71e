import type { Device } from './device.ts'
import { addMember, edit, join, leave, markRead, react, remove, removeMember, send } from './doing.ts'
import { closeFounded, makeSomething } from './founding.ts'
import type { Row } from './history.ts'
import { pick, words } from './words.ts'
import type { World } from './world.ts'

/** What people do in a team, by the dice of a seed: mostly they talk. */

/** The same numbers for the same seed. */
export function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Load {
  /** No more is begun; settles when all that was begun has its answer. */
  end(): Promise<void>
}

const PAUSE_MS = 30

export interface Pace {
  /** A device waits up to so long between two things. */
  pauseMs?: number
  /** How likely the next thing is a new chat. */
  founding?: number
}

/** Every device goes on with one thing after another, until it is ended. */
export function startLoad(world: World, { pauseMs = PAUSE_MS, founding = 0 }: Pace = {}): Load {
  const state = { isOver: false }
  const running = world.devices.map(async (device) => {
    while (!state.isOver) {
      await (world.random() < founding ? makeSomething(world, device) : doSomething(world, device))
      await Bun.sleep(world.random() * pauseMs)
    }
  })
  return {
    end: async () => {
      state.isOver = true
      await Promise.all(running)
    },
  }
}

/** A last message in each chat: nothing comes after it that would show that it was missed. */
export async function sayLastWords(world: World): Promise<void> {
  const by = (name: string): Device => world.devices.find((device) => device.name === name) as Device
  const { tea, desk, den, open, fair, pair } = world.chats
  await Promise.all([
    closeFounded(world),
    ...world.groups.map((chat) => send(by('ada'), chat, { content: words(by('ada'), 'last words') })),
    ...[tea, desk, den].map((chat) => send(by('ada'), chat, { content: words(by('ada'), 'last words') })),
    ...[open, fair, pair].map((chat) => send(by('ann'), chat, { content: words(by('ann'), 'last words') })),
  ])
}

async function doSomething(world: World, device: Device): Promise<void> {
  const { random } = world
  const chat = pick(random, chatsOf(world, device))
  const roll = random()
  if (device.name === 'eve' && roll < 0.3) return comeOrGo(world, device)
  if (device.name === 'ada' && roll < 0.1) return addOrRemove(world, device)
  if (roll < 0.55) return void (await send(device, chat, { content: words(device), twice: roll < 0.04 }))
  if (roll < 0.62) return burst(device, chat)
  if (roll < 0.72) return void (await markRead(device, chat, device.mirrors.get(chat)?.rows.size ?? 1))
  const row = pick(random, [...(device.mirrors.get(chat)?.rows.values() ?? [])].slice(-20))
  if (row !== undefined && row.kind === 'text') await change(world, device, { chat, row })
}

/** Mostly one that they know; else any of the six, known or not: then it is refused. */
function chatsOf({ random, chats, groups, beside }: World, { mirrors }: Device): string[] {
  const known = [...mirrors.keys()].filter((id) => !beside.has(id))
  return groups.length > 0 && known.length > 0 && random() < 0.9
    ? known
    : [...Object.values(chats), ...groups]
}

/** Several at once on one socket: they take effect in the order sent (C6). */
async function burst(device: Device, chat: string): Promise<void> {
  await Promise.all([1, 2, 3].map(() => send(device, chat, { content: words(device) })))
}

async function change(
  { random }: World,
  device: Device,
  { chat, row }: { chat: string; row: Row },
): Promise<void> {
  const roll = random()
  if (roll < 0.5) {
    const emoji = pick(random, ['👍', '🎉', '❤️'])
    await react(device, chat, { id: row.id, emoji, on: random() < 0.7 })
  } else if (row.sender !== device.userId) return
  else if (roll < 0.85) await edit(device, chat, { id: row.id, content: words(device, 'means') })
  else await remove(device, chat, row.id)
}

async function comeOrGo({ random, chats }: World, device: Device): Promise<void> {
  const chat = pick(random, [chats.open, chats.fair])
  await (device.mirrors.has(chat) ? leave(device, chat) : join(device, chat))
}

async function addOrRemove({ random, chats, people }: World, device: Device): Promise<void> {
  const user = pick(random, [people.dan, people.eve])
  const isIn = device.mirrors.get(chats.den)?.members.has(user.id)
  await (isIn ? removeMember(device, chats.den, user.id) : addMember(device, chats.den, user.id))
}
