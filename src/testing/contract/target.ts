import { PASSWORD, startTestNode, type TestNode, type TestPerson } from '../node.ts'

/** What is aimed at: a node with something of everything, owned by others than the one who asks. */
export interface Target {
  node: TestNode
  ann: TestPerson
  bo: TestPerson
  /** ann's and bo's. */
  chatId: string
  archivedId: string
  message: { id: string; seq: number }
  /** Of a chat that ann is not in. */
  foreign: { chatId: string; messageId: string }
  code: string
  sessionId: string
}

export async function makeTarget(): Promise<Target> {
  const node = await startTestNode()
  const root = await node.person('root')
  const ann = await node.person('ann', 'admin')
  const bo = await node.person('bo')
  const chatId = await makeChat(ann, 'Tea', [bo.id])
  const archivedId = await makeChat(ann, 'Old', [bo.id])
  const foreignId = await makeChat(root, 'Board', [bo.id])
  const { message } = (await ann.post(`/api/chats/${chatId}/messages`, say('hello'))).body
  const foreign = (await root.post(`/api/chats/${foreignId}/messages`, say('secret'))).body.message
  await ann.put(`/api/chats/${archivedId}`, { archived: true })
  const { invite } = (await ann.post('/api/invites', {})).body
  const { data } = (await ann.get('/api/auth/sessions')).body
  return {
    node,
    ann,
    bo,
    chatId,
    archivedId,
    message,
    foreign: { chatId: foreignId, messageId: foreign.id },
    code: invite.code,
    sessionId: data[0].id,
  }
}

const say = (content: string) => ({ client_id: crypto.randomUUID(), content })

const makeChat = async (by: TestPerson, name: string, member_ids: string[]): Promise<string> =>
  (await by.post('/api/chats', { kind: 'group', name, member_ids })).body.chat.id

/** Every field of each body, right: what is spoilt one by one. */
export const goodBodies = ({ bo, message }: Target): Record<string, Record<string, unknown>> => ({
  'post /api/auth/login': { email: 'ann@example.org', password: PASSWORD },
  'post /api/auth/refresh': { refresh_token: 'x'.repeat(43) },
  'post /api/auth/verify-email': { token: 'x'.repeat(43) },
  'post /api/auth/resend-verification': { email: 'ann@example.org' },
  'post /api/auth/forgot-password': { email: 'ann@example.org' },
  'post /api/auth/reset-password': { token: 'x'.repeat(43), password: PASSWORD },
  'post /api/auth/register': {
    email: 'cy@example.org',
    username: 'cy',
    password: PASSWORD,
    full_name: 'Cy',
    invite: 'x',
    setup_token: 'x',
  },
  'put /api/users/me': {
    full_name: 'Ann',
    phone_number: '+49 30 1',
    bio: 'x',
    status_text: 'x',
    status_emoji: '🫖',
    locale: 'en',
  },
  'put /api/users/me/password': { current_password: PASSWORD, new_password: 'another one' },
  'put /api/users/{id}': { role: 'member', is_active: true },
  'post /api/invites': { role: 'member', max_uses: 1, expires_in_s: 3600, chat_ids: [] },
  'post /api/chats': {
    kind: 'channel',
    visibility: 'public',
    name: 'x',
    member_ids: [bo.id],
    client_id: crypto.randomUUID(),
  },
  'put /api/chats/{id}': { name: 'x', topic: 'x', visibility: 'public', archived: false },
  'post /api/chats/{id}/members': { user_id: bo.id, role: 'member' },
  'put /api/chats/{id}/members/{user_id}': { role: 'member' },
  'post /api/chats/{id}/messages': {
    client_id: crypto.randomUUID(),
    content: 'x',
    reply_to: message.id,
    attachment_ids: [],
    thread_id: null,
  },
  'put /api/chats/messages/{id}': { content: 'x' },
  'post /api/chats/{id}/read': { seq: message.seq },
  'post /api/chats/{id}/unread': { seq: message.seq },
})

/** The path with real ids in it, or with others in place of the first. */
export function pathOf(path: string, target: Target, first?: string): string {
  const own: Record<string, string> = {
    user_id: target.bo.id,
    emoji: encodeURIComponent('👍'),
    code: target.code,
  }
  let given = first
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const id = given ?? own[name] ?? idFor(path, target)
    given = undefined
    return id
  })
}

function idFor(path: string, { chatId, message, bo, sessionId }: Target): string {
  if (path.startsWith('/api/users/')) return bo.id
  if (path.startsWith('/api/auth/')) return sessionId
  return path.startsWith('/api/chats/messages/') ? message.id : chatId
}
