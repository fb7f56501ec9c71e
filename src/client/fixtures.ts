// Plain values for tests of what runs in the browser.
import type { ChatWire, MemberWire, MessageWire } from './wire.ts'

export const ANN = '01900000-0000-7000-8000-00000000000a'
export const BO = '01900000-0000-7000-8000-00000000000b'
export const TEA = '01900000-0000-7000-8000-0000000000ff'

const NOON = '2026-11-20T12:00:00.000Z'

export const aPerson = (id: string) => ({
  id,
  username: id === ANN ? 'ann' : 'bo',
  full_name: id === ANN ? 'Ann Lee' : 'Bo Stone',
  avatar_url: null,
})

export const aMessage = (seq: number, given: Partial<MessageWire> = {}): MessageWire => ({
  id: `01900000-0000-7000-9000-${String(seq).padStart(12, '0')}`,
  chat_id: TEA,
  seq,
  rev: seq,
  sender_id: BO,
  sender: aPerson(given.sender_id ?? BO),
  client_id: null,
  kind: 'text',
  content: `message ${seq}`,
  html: null,
  reply_to: null,
  quote: null,
  thread_id: null,
  thread: null,
  system: null,
  mentions: [],
  attachments: [],
  reactions: [],
  pinned_at: null,
  edited_at: null,
  deleted_at: null,
  created_at: NOON,
  ...given,
})

export const aMember = (id: string, rev: number, given: Partial<MemberWire> = {}): MemberWire => ({
  chat_id: TEA,
  user: aPerson(id),
  role: 'member',
  rev,
  joined_at: NOON,
  left_at: null,
  ...given,
})

export const aChat = (given: Partial<ChatWire> = {}): ChatWire => ({
  id: TEA,
  kind: 'channel',
  visibility: 'private',
  name: 'tea',
  topic: '',
  avatar_url: null,
  created_by: ANN,
  rev: 0,
  last_seq: 0,
  floor_seq: 0,
  last_message: null,
  member_count: 2,
  me: {
    role: 'member',
    last_read_seq: 0,
    unread_from: null,
    unread: 0,
    mentions: 0,
    notify: 'all',
    muted: false,
  },
  archived_at: null,
  created_at: NOON,
  updated_at: NOON,
  ...given,
})
