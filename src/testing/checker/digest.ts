import type { Device } from './device.ts'
import type { Line } from './line.ts'
import type { ChangesForm, ChatForm, FrameForm, HelloForm, MessageForm } from './wireForms.ts'

/** A device's side of the digest: Σ (rev + own mark) over its chats, as `ping` in `docs/protocol.md` says. */

/** What every frame and answer says of this person's own marks; they only rise. */
export function noteMarks(device: Device, { type, data }: FrameForm): void {
  if (type === 'message_read' && data.user_id === device.userId) raise(device, data.chat_id, data.seq)
  if (type === 'me_updated') raise(device, data.chat_id, data.me.last_read_seq)
  if (type === 'chat_created') noteChatMark(device, data.chat)
  if (type === 'new_message') noteOwn(device, data)
  if (type === 'changes') noteChangesMarks(device, data.chat_id, data)
}

export function noteChangesMarks(device: Device, chatId: string, { messages, reads }: ChangesForm): void {
  for (const message of messages) noteOwn(device, message)
  for (const { user_id, seq } of reads ?? []) if (user_id === device.userId) raise(device, chatId, seq)
}

export const noteChatMark = (device: Device, { id, me }: ChatForm): void =>
  raise(device, id, me?.last_read_seq ?? 0)

export function noteHelloMarks(device: Device, { chats }: HelloForm): void {
  for (const { id, last_read_seq } of chats) raise(device, id, last_read_seq)
}

/** Sending moves one's own mark; what the node says of one's coming and going does not. */
function noteOwn(device: Device, { chat_id, sender_id, seq, kind }: MessageForm): void {
  if (sender_id === device.userId && kind !== 'system') raise(device, chat_id, seq)
}

function raise({ marks }: Device, chatId: string, seq: number): void {
  if ((marks.get(chatId) ?? 0) < seq) marks.set(chatId, seq)
}

export function digestOf({ mirrors, marks }: Device): number {
  let sum = 0
  for (const [id, { rev }] of mirrors) sum += rev + (marks.get(id) ?? 0)
  return sum
}

/** What the node has told this user, by its own count. */
export const askDigest = async (line: Line): Promise<number> => (await line.ask('ping')).digest
