import { Database } from 'bun:sqlite'
import { newId } from '../../platform/ids.ts'
import { newHistory } from '../checker/history.ts'
import { askRest, openLine } from '../checker/line.ts'
import { dice } from '../checker/load.ts'
import type { ChangesForm } from '../checker/wireForms.ts'
import { type Person, settle, stopWorld } from '../checker/world.ts'
import { createVictim } from './executable.ts'
import { memoryOf, percentile } from './figures.ts'
import { openRawSocket } from './rawSocket.ts'

export interface SlowRead {
  findings: string[]
  chats: number
  messages: number
  megabytes: number
  seconds: number
  answers: number
  largestAnswer: number
  /** Acks of somebody who sends all the while, in ms. */
  ackP99: number
  grownMb: number
}

interface Missed {
  chats: number
  messages: number
  /** Code points of each message. */
  length: number
  bytesPerSecond: number
}

/** Somebody missed much in every chat and reads slowly: all of it comes by `sync` on one socket (C11). */
export async function readSlowly(command: string[], missed: Missed): Promise<SlowRead> {
  const victim = createVictim(command)
  try {
    await victim.start()
    const world = await settle(victim.ground, newHistory(), dice(1))
    stopWorld(world)
    const { ada, ann } = world.people
    const revs = await makeChats(victim.place.url, { ada, ann, count: missed.chats })
    fill(victim.databasePath, { revs, sender: ada.id, missed })
    const before = memoryOf(victim.pid)
    const talking = keepTalking(victim.place.url, { ada, chat: world.chats.tea })
    const read = await catchUp(victim.place.url, ann.token, { revs, missed })
    const acks = await talking.end()
    return { ...read, ackP99: percentile(acks, 0.99), grownMb: memoryOf(victim.pid) - before }
  } finally {
    await victim.bury()
  }
}

async function makeChats(
  url: string,
  { ada, ann, count }: { ada: Person; ann: Person; count: number },
): Promise<Map<string, number>> {
  const revs = new Map<string, number>()
  for (let n = 0; n < count; n++) {
    const body = { kind: 'group', name: `Chat ${n}`, member_ids: [ann.id] }
    const { chat } = await askRest({ url, token: ada.token }, 'POST', '/api/chats', body)
    revs.set(chat.id, chat.rev)
  }
  return revs
}

interface Filling {
  revs: Map<string, number>
  sender: string
  missed: Missed
}

/** Straight into the file: what was said is not what is tested here. */
function fill(path: string, { revs, sender, missed }: Filling): void {
  const db = new Database(path)
  db.run('pragma busy_timeout = 5000')
  const say =
    db.prepare(`insert into messages (id, chat_id, seq, rev, sender_id, client_id, original_hash, kind,
    content, created_at) values (?, ?, ?, ?, ?, ?, '', 'text', ?, ?)`)
  const move = db.prepare('update chats set rev = rev + ?, last_seq = last_seq + ? where id = ?')
  const last = db.query<{ last_seq: number }, [string]>('select last_seq from chats where id = ?')
  const content = 'word '.repeat(Math.ceil(missed.length / 5)).slice(0, missed.length)
  db.transaction(() => {
    for (const [chat, rev] of revs) {
      const seq = last.get(chat)?.last_seq ?? 0
      for (let n = 1; n <= missed.messages; n++)
        say.run(newId(), chat, seq + n, rev + n, sender, newId(), content, Date.now())
      move.run(missed.messages, missed.messages, chat)
    }
  })()
  db.close()
}

function keepTalking(url: string, { ada, chat }: { ada: Person; chat: string }) {
  const state = { isOver: false }
  const acks: number[] = []
  const talking = (async () => {
    const line = await openLine(url, ada.token, () => {})
    while (!state.isOver) {
      const began = performance.now()
      await line.ask('send_message', { chat_id: chat, client_id: newId(), content: 'meanwhile' })
      acks.push(performance.now() - began)
      await Bun.sleep(50)
    }
    line.close()
  })()
  return {
    end: async () => {
      state.isOver = true
      await talking
      return acks
    },
  }
}

type Read = Omit<SlowRead, 'ackP99' | 'grownMb'>

async function catchUp(
  url: string,
  token: string,
  { revs, missed }: { revs: Map<string, number>; missed: Missed },
): Promise<Read> {
  const began = performance.now()
  const socket = await openRawSocket(url, token)
  socket.readAt(missed.bytesPerSecond)
  const mine = new Map(revs)
  const read: Read = {
    findings: [],
    chats: mine.size,
    messages: 0,
    megabytes: 0,
    seconds: 0,
    answers: 0,
    largestAnswer: 0,
  }
  for (let more = true; more; ) {
    const ref = `s${++read.answers}`
    const answer = await socket.ask({ type: 'sync', ref, chats: Object.fromEntries(mine) })
    read.largestAnswer = Math.max(read.largestAnswer, Buffer.byteLength(JSON.stringify(answer)))
    more = false
    for (const [id, page] of Object.entries<ChangesForm>(answer.chats))
      more = takePage(read, mine, { id, page }) || more
  }
  socket.end()
  const expected = missed.chats * missed.messages
  if (read.messages !== expected) read.findings.push(`${read.messages} messages came of ${expected}`)
  if (read.largestAnswer > 256 * 1024) read.findings.push(`an answer of ${read.largestAnswer} bytes`)
  return { ...read, seconds: (performance.now() - began) / 1000, megabytes: socket.bytes() / 1e6 }
}

/** True when there is more of this chat. Chats that are not part of it are taken from their beginning. */
function takePage(
  read: Read,
  mine: Map<string, number>,
  { id, page }: { id: string; page: ChangesForm },
): boolean {
  const rev = mine.get(id)
  if (page.reset && rev !== undefined && rev > 0) read.findings.push(`${id} was reset`)
  if (rev !== undefined && page.after === rev && rev > 0)
    read.messages += page.messages.filter(({ content }) => content.startsWith('word ')).length
  if (page.rev > (rev ?? 0)) mine.set(id, page.rev)
  return page.more === true && page.reset !== true
}
