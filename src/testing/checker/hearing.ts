import { anyPlace, type Device } from './device.ts'
import { noteChangesMarks, noteChatMark, noteHelloMarks, noteMarks } from './digest.ts'
import { type Heard, now } from './history.ts'
import { askRest, type Line, Refused } from './line.ts'
import { applyChanges, applyEvent, type Mirror, newMirror, putMember, putRow } from './mirror.ts'
import {
  type ChangesForm,
  type ChatForm,
  type FrameForm,
  type HelloForm,
  type MemberForm,
  type MessageForm,
  rowOf,
} from './wireForms.ts'

/** How a device takes what the node tells it, by the rules of a client in `docs/protocol.md`. */
export function hear(device: Device, frame: FrameForm): void {
  const { type, data } = frame
  noteMarks(device, frame)
  if (type === 'chat_created') {
    note(device, { chat: data.chat.id, askedAt: 'filled' }, [{ rev: data.chat.rev }])
    meet(device, data.chat)
  } else if (type === 'chat_removed') drop(device, data)
  else if (type === 'going_away') device.history.goodbyes.push(device.name)
  else if (type === 'resync') soon(device, () => resync(device, data.chat_id))
  else if (type === 'changes') hearChanges(device, data)
  else if (typeof data?.rev === 'number' && data.chat_id !== undefined) {
    note(device, { chat: data.chat_id, askedAt: null }, [data])
    hearEvent(device, frame)
  } else if (type === 'error') device.history.broken.push(`${device.name}: ${frame.error?.code}`)
}

/** Of whoever was added again since, it may come too late. */
function drop({ mirrors, userId }: Device, { chat_id, rev = Infinity }: FrameForm['data']): void {
  const mirror = mirrors.get(chat_id)
  // Who has not been told that they are out is in.
  const isIn = mirror?.members.has(userId) || !mirror?.memberRevs.has(userId)
  if (mirror !== undefined && (mirror.rev <= rev || !isIn)) mirrors.delete(chat_id)
}

function hearEvent(device: Device, frame: FrameForm): void {
  const { data } = frame
  const mirror = device.mirrors.get(data.chat_id)
  if (mirror === undefined) return soon(device, () => find(device, data.chat_id))
  const step = applyEvent(mirror, data)
  if (step === 'applied') moved(device, data.chat_id, mirror)
  else if (step === 'gap') hold(device, data.chat_id, frame)
  const isOut = data.member?.user.id === device.userId && data.member.left_at !== null
  if (isOut && step !== 'known') device.mirrors.delete(data.chat_id)
}

function hearChanges(device: Device, changes: ChangesForm & { chat_id: string }): void {
  note(device, { chat: changes.chat_id, askedAt: 'filled', upTo: changes.rev }, rowsOf(changes))
  const mirror = device.mirrors.get(changes.chat_id)
  if (mirror === undefined) return soon(device, () => find(device, changes.chat_id))
  if (applyChanges(mirror, changes) === 'gap') hold(device, changes.chat_id, null)
  else moved(device, changes.chat_id, mirror)
}

/** Waits for what is missing before it; only one asking for a chat is under way at a time. */
function hold(device: Device, chatId: string, frame: FrameForm | null): void {
  const held = device.asking.get(chatId)
  if (held !== undefined) {
    if (frame !== null) held.push(frame)
    return
  }
  soon(device, () => askChanges(device, chatId, frame === null ? [] : [frame]))
}

async function askChanges(device: Device, chatId: string, early: FrameForm[] = []): Promise<void> {
  if (device.asking.has(chatId)) return
  device.asking.set(chatId, early)
  try {
    for (let more = true; more; ) {
      const mirror = device.mirrors.get(chatId)
      if (mirror === undefined) return await find(device, chatId)
      const askedAt = now()
      const path = `/api/chats/${chatId}/changes?after=${mirror.rev}`
      more = await take(device, chatId, await rest(device, path), askedAt)
    }
  } finally {
    device.asking.delete(chatId)
  }
  for (const frame of early) hearEvent(device, frame)
}

/** One page of what was missed; true when there is more of it. */
async function take(device: Device, chatId: string, changes: ChangesForm, askedAt: number): Promise<boolean> {
  note(device, { chat: chatId, askedAt }, rowsOf(changes))
  noteChangesMarks(device, chatId, changes)
  if (changes.chat !== null) noteChatMark(device, changes.chat)
  let mirror = device.mirrors.get(chatId)
  if (mirror === undefined) {
    mirror = newMirror(0)
    device.mirrors.set(chatId, mirror)
  }
  const step = applyChanges(mirror, changes)
  if (step === 'reset')
    await loadAll(device, chatId, mirror).catch((error: unknown) => forget(device, chatId, error))
  moved(device, chatId, mirror)
  return changes.more === true && step !== 'reset'
}

/** The node's first word: all that is known to another rev, or not at all, is asked for. */
export async function greet(device: Device, line: Line, hello: HelloForm): Promise<void> {
  noteHelloMarks(device, hello)
  // What was not loaded to its beginning is begun anew.
  for (const [id, { isWhole }] of device.mirrors) if (!isWhole) device.mirrors.delete(id)
  const isEven =
    hello.chats.length === device.mirrors.size &&
    hello.chats.every(({ id, rev }) => device.mirrors.get(id)?.rev === rev)
  if (!isEven) await syncAll(device, line)
}

export async function syncAll(device: Device, line: Line): Promise<void> {
  for (let more = true; more; ) {
    const chats = Object.fromEntries([...device.mirrors].map(([id, { rev }]) => [id, rev]))
    const askedAt = now()
    const answer: { chats: Record<string, ChangesForm>; removed: string[] } = await line.ask('sync', {
      chats,
    })
    for (const id of answer.removed) device.mirrors.delete(id)
    more = false
    for (const [id, changes] of Object.entries(answer.chats)) {
      if (await take(device, id, changes, askedAt)) more = true
    }
  }
}

/** What was not loaded is not known: whoever asks again begins anew. */
function forget({ mirrors }: Device, chatId: string, error: unknown): never {
  mirrors.delete(chatId)
  throw error
}

async function resync(device: Device, chatId: string | undefined): Promise<void> {
  if (chatId !== undefined) return askChanges(device, chatId)
  if (device.line !== null) await syncAll(device, device.line)
}

/** A chat that this device hears of for the first time: from here on it follows, and the rest is loaded. */
export function meet(device: Device, chat: ChatForm): void {
  if (device.mirrors.has(chat.id)) return
  const mirror = newMirror(chat.rev)
  device.mirrors.set(chat.id, mirror)
  moved(device, chat.id, mirror)
  soon(device, () =>
    loadAll(device, chat.id, mirror).catch((error: unknown) => {
      // Out again before it was loaded: nothing is known of it.
      if (error instanceof Refused && error.code !== 'unavailable') device.mirrors.delete(chat.id)
      throw error
    }),
  )
}

async function find(device: Device, chatId: string): Promise<void> {
  const { chat } = await rest(device, `/api/chats/${chatId}`)
  if (!chat.me) return
  noteChatMark(device, chat)
  meet(device, chat)
}

/** The whole chat, page by page from the newest. */
async function loadAll(device: Device, chatId: string, mirror: Mirror): Promise<void> {
  const askedAt = now()
  const people = await rest(device, `/api/chats/${chatId}/members?limit=100`)
  for (const member of people.data as MemberForm[]) putMember(mirror, member)
  for (let before: number | null | undefined; before !== null; ) {
    const query = before === undefined ? '' : `&before=${before}`
    const page = await rest(device, `/api/chats/${chatId}/messages?limit=100${query}`)
    for (const message of page.data as MessageForm[]) putRow(mirror, rowOf(message))
    note(device, { chat: chatId, askedAt }, page.data)
    before = page.page.before
  }
  mirror.isWhole = true
}

const rest = (device: Device, path: string) =>
  askRest({ url: anyPlace(device).url, token: device.token }, 'GET', path)

const AGAIN_MS = 200

/** Beside what is heard. What found no answer is asked again while the device is connected: `hello` asks otherwise. */
function soon(device: Device, work: () => Promise<void>): void {
  const { line } = device
  const attempt = (): void => {
    work().catch((error: unknown) => {
      if (error instanceof Refused && error.code !== 'unavailable') return
      if (device.line === line && !device.isStopped) setTimeout(attempt, AGAIN_MS)
    })
  }
  attempt()
}

function moved(device: Device, chat: string, { rev }: Mirror): void {
  device.history.moved.push({ device: device.name, chat, at: now(), rev })
}

type Told = { rev: number; seq?: number; id?: string }

const rowsOf = ({ messages, members }: ChangesForm): Told[] => [...messages, ...members]

interface Hearing extends Pick<Heard, 'chat' | 'askedAt'> {
  /** The rev of the chat that these rows are of, where that is not their own. */
  upTo?: number
}

function note(device: Device, { chat, askedAt, upTo }: Hearing, rows: Told[]): void {
  const at = now()
  for (const { rev, seq = null, id = null } of rows) {
    const who = { device: device.name, user: device.userId, chat, connection: device.connections }
    device.history.heard.push({ ...who, at, askedAt, rev, upTo: upTo ?? rev, seq, id })
  }
}
