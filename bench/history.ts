import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Id } from '../src/platform/ids.ts'
import { cacheFolder, loadProgram, start } from './machine.ts'
import { type Compared, compare, type Pairing } from './talking.ts'
import { furnish, newTokens, type Person, serve } from './warren.ts'

export interface Latency {
  pages: number
  p50: number
  p90: number
  p99: number
  max: number
}

export interface History {
  /** `hot`: the newest page of one chat; `deep`: any page of any chat. */
  where: 'hot' | 'deep'
  large: Latency
  small: Latency
  /** CPU of a page in the large database by CPU of one in the small. */
  cpu: Compared
}

export const SMALL = 100_000
export const LARGE = 1_000_000
/** Pages a second, whatever the server does. */
const RATE = 150
const CHATS = 100

/** B6: pages of history at a million messages and at a tenth of it, over HTTP, at a fixed rate. */
export async function measureHistory(where: History['where'], pairing: Pairing): Promise<History> {
  const [large, small] = [await openLibrary(LARGE, where), await openLibrary(SMALL, where)]
  const cpu = await compare(large, small, pairing)
  const history = { where, large: await large.report(), small: await small.report(), cpu }
  await large.end()
  await small.end()
  return history
}

async function openLibrary(messages: number, where: History['where']) {
  const { folder, reader, chats } = await library(messages)
  const node = await serve(folder)
  const requests = join(folder, 'requests')
  const paths = Array.from({ length: 5000 }, () => pageOf(chats, where))
  writeFileSync(requests, paths.map((path) => `${reader.token} ${path}\n`).join(''))
  const words = [node.port, requests, RATE, node.pid].map(String)
  const program = start([loadProgram('ask'), ...words], { core: 'measuring' })
  await program.line()
  return {
    run: async (seconds: number) => {
      const block = JSON.parse(await program.ask(`run ${seconds}`)) as { pages: number; serverCpu: number }
      return { cost: (block.serverCpu * 1e6) / block.pages, block }
    },
    report: async () => JSON.parse(await program.ask('report')) as Latency,
    end: async () => {
      await program.end()
      await node.end('SIGKILL')
    },
  }
}

interface Shelf {
  id: string
  lastSeq: number
}

function pageOf(chats: readonly Shelf[], where: History['where']): string {
  // The first chat holds half of all messages.
  const chat = chats[where === 'hot' ? 0 : Math.floor(Math.random() * chats.length)]
  const page = `/api/chats/${chat?.id}/messages?limit=50`
  return where === 'hot'
    ? page
    : `${page}&before=${51 + Math.floor(Math.random() * ((chat?.lastSeq ?? 51) - 50))}`
}

interface Library {
  folder: string
  reader: Person
  chats: readonly Shelf[]
}

/** Made once and kept: half of the messages in one chat, the rest evenly in the others. */
async function library(messages: number): Promise<Library> {
  const folder = cacheFolder(`history-${messages}`)
  const contents = join(folder, 'contents.json')
  if (!existsSync(contents)) writeFileSync(contents, JSON.stringify(await fillLibrary(folder, messages)))
  const { readerId, chats } = (await Bun.file(contents).json()) as { readerId: Id<'user'>; chats: Shelf[] }
  const [reader] = await newTokens(folder, [readerId])
  if (reader === undefined) throw new Error('nobody reads')
  return { folder, reader, chats }
}

const fillLibrary = (folder: string, messages: number) =>
  furnish(folder, async (into) => {
    const people = await into.addPeople(20)
    const chats = Array.from({ length: CHATS }, () => into.addChat('channel', people))
    chats.forEach((chat, i) => {
      into.addMessages(chat, i === 0 ? messages / 2 : Math.floor(messages / 2 / (CHATS - 1)))
    })
    return { readerId: people[0]?.id, chats: chats.map(({ id, lastSeq }) => ({ id, lastSeq })) }
  })
