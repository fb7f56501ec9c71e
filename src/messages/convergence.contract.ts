import { expect } from 'bun:test'
import fc from 'fast-check'
import type { Id } from '../platform/ids.ts'
import type { ServerFrame } from '../platform/realtime/bus.ts'
import {
  addMember,
  changeChat,
  type MemberWire,
  removeMember,
  requireChat,
  setMemberRole,
} from '../chats/index.ts'
import type { MessageWire } from '../timeline/index.ts'
import { editMessage } from './edit.ts'
import { loadHistory } from './history.ts'
import { isHopeless, type LogPage, readLog } from './log.ts'
import { pinMessage } from './pin.ts'
import { react } from './react.ts'
import { deleteMessage } from './remove.ts'
import { idOf, type Scene } from './scene.ts'

/** A client by the letter of the protocol, and nothing more. */
interface Client {
  mine: number
  messages: Map<number, MessageWire>
  members: Map<string, MemberWire>
  name: string | null
}

type Durable = { rev: number; frame: ServerFrame }

const STEPS = [
  'say',
  'edit',
  'delete',
  'react',
  'unreact',
  'pin',
  'rename',
  'join',
  'leave',
  'promote',
] as const
type Step =
  | { kind: (typeof STEPS)[number]; at: number }
  /** The client hears one of the events so far, or reads a page of so many rows. */
  | { kind: 'hear'; at: number }
  | { kind: 'page'; at: number }

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...STEPS) },
    { weight: 2, arbitrary: fc.constantFrom('hear' as const, 'page' as const) },
    { weight: 2, arbitrary: fc.constant('say' as const) },
  ),
  at: fc.nat(40),
})

export const steps = fc.array(step, { minLength: 1, maxLength: 20 })

/** C9: whatever happened, was heard, missed or read in pieces, the client ends where a fresh fetch would begin. */
export async function converges(scene: Scene, steps: readonly Step[]): Promise<void> {
  const chatId = await scene.chat({ kind: 'group', name: 'C', memberIds: [scene.bo] })
  const client: Client = { mine: 0, messages: new Map(), members: new Map(), name: null }
  const events: Durable[] = []
  const said: Id<'message'>[] = []
  for (const one of steps) {
    scene.told.length = 0
    if (one.kind === 'hear') hear(client, events[one.at % (events.length || 1)])
    else if (one.kind === 'page') await readOn(scene, client, { chatId, rows: 1 + (one.at % 4) })
    else await act(scene, { chatId, said }, one)
    for (const { to, rev, frame } of scene.told)
      if (to === 'chat' && rev && frame) events.push({ rev, frame })
  }
  expect(events.map(({ rev }) => rev)).toEqual(events.map((_, i) => (events[0]?.rev ?? 0) + i))

  while (await readOn(scene, client, { chatId, rows: 3 }));
  await expectFresh(scene, client, chatId)
}

function hear(client: Client, event: Durable | undefined): void {
  if (event === undefined || event.rev !== client.mine + 1) return
  const data = event.frame.data as { member?: MemberWire; chat?: { name: string | null } }
  if (data.member) putMember(client, data.member)
  else if (data.chat) client.name = data.chat.name
  else putMessage(client, event.frame.data as MessageWire)
  client.mine = event.rev
}

async function readOn(scene: Scene, client: Client, { chatId, rows }: { chatId: Id<'chat'>; rows: number }) {
  const page: LogPage = await scene.app.db.view(async (sql) => {
    const chat = await requireChat(sql, chatId)
    expect(isHopeless(chat, client.mine)).toBe(false)
    return await readLog(sql, { chat, after: client.mine }, { rows, bytes: 1_000_000, isEmpty: true })
  })
  expect(page.messages.length + page.members.length + (page.chat ? 1 : 0)).toBeLessThanOrEqual(rows)
  for (const message of page.messages) putMessage(client, message)
  for (const member of page.members) putMember(client, member)
  if (page.chat !== null) client.name = page.chat.name
  expect(page.rev).toBeGreaterThanOrEqual(page.more ? client.mine + 1 : client.mine)
  client.mine = page.rev
  return page.more
}

function putMessage({ messages }: Client, row: MessageWire): void {
  if ((messages.get(row.seq)?.rev ?? 0) < row.rev) messages.set(row.seq, row)
}

function putMember({ members }: Client, row: MemberWire): void {
  if ((members.get(row.user.id)?.rev ?? 0) < row.rev) members.set(row.user.id, row)
}

interface Stage {
  chatId: Id<'chat'>
  said: Id<'message'>[]
}

async function act(scene: Scene, { chatId, said }: Stage, { kind, at }: Step): Promise<void> {
  const { app, ann, cy } = scene
  const messageId = said[at % (said.length || 1)]
  if (kind === 'say') {
    said.push(
      idOf(await scene.says(ann, `*${at}*`, { chatId, replyTo: at % 3 ? null : (messageId ?? null) })),
    )
  } else if (kind === 'rename') await changeChat(app, ann, { chatId, name: `C${at}` })
  else if (kind === 'join') await addMember(app, ann, { chatId, userId: cy })
  else if (kind === 'leave') await removeMember(app, ann, { chatId, userId: cy }).catch(() => {})
  else if (kind === 'promote') {
    await setMemberRole(app, ann, { chatId, userId: scene.bo, role: at % 2 ? 'admin' : 'member' })
  } else if (messageId !== undefined)
    await change(scene, { userId: ann, messageId }, { kind, at }).catch(ifDeleted)
}

async function change(
  { app }: Scene,
  asking: { userId: Id<'user'>; messageId: Id<'message'> },
  { kind, at }: Step,
): Promise<unknown> {
  if (kind === 'edit') return await editMessage(app, { ...asking, content: `now ${at}` })
  if (kind === 'delete') return await deleteMessage(app, asking)
  if (kind === 'pin') return await pinMessage(app, { ...asking, on: at % 2 === 0 })
  return await react(app, { ...asking, emoji: at % 2 ? '👍' : '🎉', on: kind === 'react' })
}

function ifDeleted(error: unknown): void {
  if ((error as { reason?: string }).reason !== 'deleted') throw error
}

/** What is presentation follows other rows, and takes no rev of this one. */
const stored = ({ sender: _, quote: __, ...row }: MessageWire) => row

async function expectFresh(scene: Scene, client: Client, chatId: Id<'chat'>): Promise<void> {
  const { data, rev } = await loadHistory(scene.app, scene.ann, { chatId, limit: 100, after: 0 })
  const members = await scene.app.db.read<Pick<MemberWire, 'role'> & { id: string }>`
    select user_id as id, role from members where chat_id = ${chatId} and left_at is null order by user_id`
  const { name } = await requireChat(scene.app.db.read, chatId)
  const known = [...client.members.values()].filter((member) => member.left_at === null)

  expect(client.mine).toBe(rev)
  expect([...client.messages.values()].sort((a, b) => a.seq - b.seq).map(stored)).toEqual(data.map(stored))
  expect(
    known.map(({ user, role }) => ({ id: user.id, role })).sort((a, b) => (a.id < b.id ? -1 : 1)),
  ).toEqual(members)
  expect(client.name).toBe(name)
}
