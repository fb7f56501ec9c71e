import { type Device, startDevice, viewOf } from '../../checker/device.ts'
import { send } from '../../checker/doing.ts'
import { newHistory, now, type Op } from '../../checker/history.ts'
import { askRest, openLine, Refused } from '../../checker/line.ts'
import { dice, sayLastWords, startLoad } from '../../checker/load.ts'
import {
  allChats,
  conclude,
  NAMES,
  type Name,
  type Person,
  quiet,
  settle,
  signIn,
  stopWorld,
  type World,
} from '../../checker/world.ts'
import { createVictim, type Victim } from '../executable.ts'
import { type After, type Before, type HandedIn, type Hello, judge, type Verdict } from './rewound.ts'

const QUIET_MS = 30_000

/** F22: a backup while people talk; they go on; the node dies, the backup is put in place, and all come back. */
export async function restoreOlder(command: string[], seed: number): Promise<Verdict> {
  const random = dice(seed)
  const victim = createVictim(command)
  try {
    await victim.start()
    const world = await settle(victim.ground, newHistory(), random)
    const { before, file } = await talkPastBackup(command, victim, world)
    await keeping(command, victim, ['restore', file, '--yes'])
    await victim.start()
    const after = await comeBack(world, before)
    return judge(before, after)
  } finally {
    await victim.bury()
  }
}

/** Each time on a folder of its own, until something is found. */
export async function restoreAgainAndAgain(
  command: string[],
  seed: number,
  rounds: number,
): Promise<Verdict & { rounds: number }> {
  const sum = {
    rounds: 0,
    findings: [] as string[],
    kept: 0,
    gone: 0,
    counted: 0,
    outOfSight: 0,
    handedIn: 0,
    refused: 0,
  }
  while (sum.rounds < rounds && sum.findings.length === 0) {
    const { findings, ...counts } = await restoreOlder(command, seed + sum.rounds)
    sum.findings.push(...findings)
    for (const [name, count] of Object.entries(counts)) sum[name as keyof typeof counts] += count
    sum.rounds++
  }
  return sum
}

/** What everybody knew and had asked for when the node died. */
async function talkPastBackup(
  command: string[],
  victim: Victim,
  world: World,
): Promise<{ before: Before; file: string }> {
  const { history, random, devices, people, place } = world
  const load = startLoad(world)
  await Bun.sleep(400 + random() * 400)
  const began = now()
  const file = (await keeping(command, victim, ['backup', 'create'])).trim().split('\n').at(-1) as string
  const ended = now()
  await Bun.sleep(400 + random() * 400)
  const { epoch } = await greeting(place.url, people.ann.token)
  victim.signal('SIGKILL')
  await victim.ended
  // Written while there is no node: it waits in the outbox.
  for (const device of devices)
    if (device.name !== 'cy') void send(device, world.chats.tea, { content: `${device.name} waits` })
  const before = { epoch, began, ended, ops: history.ops, views: devices.map(viewOf) }
  stopWorld(world)
  void load.end() // what found no answer is left without one
  return { before, file }
}

async function keeping(command: string[], { dataDir }: Victim, words: string[]): Promise<string> {
  const child = Bun.spawn([...command, ...words], {
    cwd: dataDir,
    env: { WARREN_DATA_DIR: dataDir },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [said, wrong, code] = await Promise.all([
    Bun.readableStreamToText(child.stdout),
    Bun.readableStreamToText(child.stderr),
    child.exited,
  ])
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${said}${wrong}`)
  return said
}

async function greeting(url: string, token: string): Promise<Hello> {
  const hello = Promise.withResolvers<Hello>()
  const line = await openLine(url, token, ({ type, data }) => {
    if (type === 'hello') hello.resolve(data)
  })
  try {
    return await hello.promise
  } finally {
    line.close()
  }
}

/** As a client must: sign in again, see that history was rewound, load what there is, hand in what waits, go on. */
async function comeBack(old: World, before: Before): Promise<After> {
  const { place, truth } = old
  const stored = await truth.chats(allChats(old))
  const isSignedOut = await isRefused(place.url, old.people.ann.token)
  const world = await signInAgain(old)
  const hellos = await Promise.all(world.devices.map(({ token }) => greeting(place.url, token)))
  await quiet(world, QUIET_MS)
  const views = world.devices.map(viewOf)
  const handedIn = await handIn(world, before.ops)
  const load = startLoad(world)
  await Bun.sleep(500)
  await load.end()
  await sayLastWords(world)
  await quiet(world, QUIET_MS)
  await conclude(world)
  stopWorld(world)
  return { stored, isSignedOut, hellos, views, handedIn, history: world.history }
}

const isRefused = (url: string, token: string): Promise<boolean> =>
  askRest({ url, token }, 'GET', '/api/chats').then(
    () => false,
    (error: unknown) => error instanceof Refused && error.code === 'unauthenticated',
  )

async function signInAgain(old: World): Promise<World> {
  const people = {} as Record<Name, Person>
  for (const name of NAMES) people[name] = await signIn(old.place.url, old.people[name].name)
  const history = newHistory()
  const tokens = new Map(Object.values(people).map(({ id, token }) => [id, token]))
  const devices = old.devices.map(({ name, userId }) =>
    startDevice(history, { name, userId, token: tokens.get(userId) as string, places: [old.place] }),
  )
  return { ...old, people, history, devices }
}

/** Each twice: whoever asks again must get the same message. */
async function handIn(world: World, ops: readonly Op[]): Promise<HandedIn[]> {
  const waiting = ops.filter(({ kind, outcome }) => kind === 'send' && outcome === 'unknown')
  const handedIn: HandedIn[] = []
  for (const op of waiting) {
    const device = world.devices.find(({ name }) => name === op.device) as Device
    handedIn.push({ op, ids: [await sendOf(device, op), await sendOf(device, op)] })
  }
  return handedIn
}

/** The message's id, or the code it was refused with. */
async function sendOf(device: Device, { chat, key, content }: Op): Promise<string> {
  const line = await device.ready.promise
  try {
    return (await line.ask('send_message', { chat_id: chat, client_id: key, content })).message.id
  } catch (error) {
    if (error instanceof Refused) return error.code
    throw error
  }
}
