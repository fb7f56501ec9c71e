import type { OwnUserWire, PersonWire, SenderWire, SessionWire } from '../accounts/index.ts'
import type { ChatWire, MemberWire } from '../chats/index.ts'
import type { InviteWire } from '../joining/index.ts'
import type { MessageWire } from '../timeline/index.ts'

// The cast and their chats, as the wire shows them: for pages that are drawn without a node, and for what runs in them.

let made = 0
const uuid = (): string => `019a0000-0000-7000-8000-${String(++made).padStart(12, '0')}`
const AT = '2026-11-20T09:41:00.000Z'

const person = (username: string, full_name: string, role: PersonWire['role']): PersonWire => ({
  id: uuid(),
  username,
  full_name,
  avatar_url: null,
  bio: '',
  status_text: '',
  status_emoji: '',
  role,
  kind: 'person',
  presence: 'online',
  is_active: true,
})

export const ada: PersonWire = {
  ...person('ada', 'Ada Lovelace', 'member'),
  bio: 'Writes programs.\nAsk me about engines.',
  status_text: 'At sea',
  status_emoji: '⛵',
}
export const bo: PersonWire = { ...person('bo', 'Борис Линд', 'guest'), email: 'bo@example.org' }
export const ann: OwnUserWire = {
  ...person('ann', 'Ann Lee', 'owner'),
  email: 'ann@example.org',
  phone_number: '+49 30 1234567',
  locale: null,
}

export const ANN = ann.id
export const BO = bo.id
export const TEA = uuid()

/** As who wrote something is shown; ann or bo. */
export const aPerson = (id: string): SenderWire => {
  const { username, full_name, avatar_url } = id === ANN ? ann : bo
  return { id, username, full_name, avatar_url }
}

/** Said by bo over tea, unless told otherwise. */
export const aMessage = (seq: number, given: Partial<MessageWire> = {}): MessageWire => ({
  id: `019a0000-0000-7000-9000-${String(seq).padStart(12, '0')}`,
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
  created_at: AT,
  ...given,
})

export const aMember = (id: string, rev: number, given: Partial<MemberWire> = {}): MemberWire => ({
  chat_id: TEA,
  user: aPerson(id),
  role: 'member',
  rev,
  joined_at: AT,
  left_at: null,
  ...given,
})

/** Where ann and bo have tea, and nothing was said yet. */
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
  created_at: AT,
  updated_at: AT,
  ...given,
})

export const message = (content: string, sender: PersonWire): MessageWire =>
  aMessage(1, { id: uuid(), chat_id: uuid(), sender_id: sender.id, sender, content })

interface Shape {
  name?: string
  kind: ChatWire['kind']
  visibility?: ChatWire['visibility']
  unread?: number
  mentions?: number
  faces?: PersonWire[]
  said?: MessageWire
}

const chat = ({
  name,
  kind,
  visibility = 'private',
  unread = 0,
  mentions = 0,
  said,
  faces,
}: Shape): ChatWire =>
  aChat({
    id: uuid(),
    kind,
    visibility,
    name: name ?? null,
    topic: kind === 'channel' ? 'What everyone should know, little else' : '',
    rev: 3,
    last_seq: 1,
    last_message: said ?? message('Kitchen is closed until Monday', ada),
    member_count: 14,
    me: { role: 'owner', last_read_seq: 0, unread_from: null, unread, mentions, notify: 'all', muted: false },
    ...(faces ? { faces } : {}),
  })

export const general = chat({ name: 'general', kind: 'channel', visibility: 'public' })
export const direct = chat({ kind: 'direct', faces: [ada], unread: 3 })
export const chats: ChatWire[] = [
  general,
  chat({ name: 'field-test', kind: 'channel', visibility: 'public', unread: 4, mentions: 2 }),
  chat({ name: 'a-channel-with-a-name-that-is-far-too-long-for-any-sidebar', kind: 'channel', unread: 1 }),
  chat({ name: 'winter-kit', kind: 'channel', said: message('You: 👍', ann) }),
  chat({ kind: 'group', faces: [ada, bo] }),
  direct,
  chat({ kind: 'direct', faces: [bo] }),
]

export const pins = [message('**Keys** are with Ada', ada), message('Der Plan: https://example.org', bo)]

const member = (user: PersonWire, role: MemberWire['role']): MemberWire =>
  aMember(user.id, 1, { chat_id: general.id, user, role })
export const members = [member(ann, 'owner'), member(ada, 'admin'), member(bo, 'member')]

const LINUX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
export const sessions: SessionWire[] = [
  { id: uuid(), current: true, user_agent: LINUX, created_at: AT, last_used_at: AT },
  { id: uuid(), current: false, user_agent: '', created_at: AT, last_used_at: AT },
]

const invite = (max_uses: number | null): InviteWire => ({
  code: `7fQ2mX9pLr4T${made++}`,
  url: 'https://chat.example.org/join/7fQ2mX9pLr4T',
  role: 'member',
  max_uses,
  uses: 12,
  expires_at: '2026-11-27T09:41:00.000Z',
  chat_ids: [],
  created_by: ada.id,
  created_at: AT,
})
export const invites = [invite(20), invite(null)]
