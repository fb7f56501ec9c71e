import type { Case, Door, Outcome } from './doors.ts'
import type { Knocker, Place, World } from './world.ts'

// How each door is tried: what the table of `doors.ts` is compared with.

type Knock = (world: World, asking: Case) => Promise<Outcome>

const STATUS: Record<string, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
}

/** Of a REST door: its status. */
const rest =
  (
    method: 'get' | 'post' | 'put' | 'del',
    pathOf: (place: Place, asking: Case) => string,
    body?: (world: World, place: Place) => object,
  ): Knock =>
  async (world, asking) => {
    const place = world.place(asking)
    const { status } = await world.knocker(asking)[method](pathOf(place, asking), body?.(world, place))
    return status
  }

/** Of a frame: 200 for an ack, else the status of the refusal; 401 where no socket is or stays open. */
const frame =
  (type: string, fields: (place: Place) => object): Knock =>
  async (world, asking) => {
    const { socket } = world.knocker(asking)
    if (socket === null || asking.relation === 'deactivated') return 401
    return socket.asks(type, fields(world.place(asking))).then(
      () => 200,
      (error: { code: string }) => STATUS[error.code] ?? 500,
    )
  }

/** Of a door that opens for everybody signed in: whether the chat is behind it. */
const shows =
  (look: (knocker: Knocker, chatId: string) => Promise<{ status: number; ids: string[] }>): Knock =>
  async (world, asking) => {
    const { chatId } = world.place(asking)
    const { status, ids } = await look(world.knocker(asking), chatId)
    if (status !== 200) return status
    return ids.includes(chatId) ? 'shown' : 'hidden'
  }

const idsOf = (rows: { id: string }[]): string[] => rows.map(({ id }) => id)

const listed = (path: string): Knock =>
  shows(async (knocker) => {
    const { status, body } = await knocker.get(path)
    return { status, ids: idsOf(body.data ?? []) }
  })

const LIKE = encodeURIComponent('👍')
const chat =
  (rest = '') =>
  (place: Place) =>
    `/api/chats/${place.chatId}${rest}`
const message =
  (rest = '') =>
  (place: Place) =>
    `/api/chats/messages/${place.stays.id}${rest}`
const say = (more: object = {}) => ({ client_id: crypto.randomUUID(), content: 'let me in', ...more })

const isOver = ({ asker, relation }: Case) => asker === 'anonymous' || relation === 'deactivated'

export const KNOCKS: Record<Door, Knock> = {
  chat: rest('get', chat()),
  chatsList: listed('/api/chats?limit=100'),
  channelsList: listed('/api/channels?limit=100'),
  hello: async (world, asking) => {
    if (isOver(asking)) return 401
    const again = await (
      world.knocker(asking) as Knocker & { connect(): Promise<NonNullable<Knocker['socket']>> }
    ).connect()
    again.close()
    const [hello] = again.frames
    return idsOf(hello?.data.chats).includes(world.place(asking).chatId) ? 'shown' : 'hidden'
  },
  sync: async (world, asking) => {
    const { socket } = world.knocker(asking)
    if (socket === null || isOver(asking)) return 401
    const { chatId } = world.place(asking)
    const { chats, removed } = await socket.asks('sync', { chats: { [chatId]: 0 } })
    return Object.hasOwn(chats, chatId) && !removed.includes(chatId) ? 'shown' : 'hidden'
  },
  history: rest('get', chat('/messages')),
  changes: rest('get', chat('/changes?after=0')),
  members: rest('get', chat('/members')),
  message: rest('get', message()),
  reactions: rest('get', message('/reactions')),
  reads: rest('get', message('/reads')),
  around: rest('get', ({ chatId, stays }) => `/api/chats/${chatId}/messages?around=${stays.id}`),
  quote: rest('post', chat('/messages'), (_, { stays }) => say({ reply_to: stays.id })),
  send: rest('post', chat('/messages'), () => say()),
  sendFrame: frame('send_message', ({ chatId }) => ({ chat_id: chatId, ...say() })),
  editTheirs: rest('put', message(), () => ({ content: 'mine' })),
  editOwn: rest(
    'put',
    ({ own }, { asker }) => `/api/chats/messages/${own[asker]}`,
    () => ({ content: crypto.randomUUID() }),
  ),
  react: rest('put', message(`/reactions/${LIKE}`)),
  unreact: rest('del', message(`/reactions/${LIKE}`)),
  pin: rest('put', message('/pin')),
  read: rest('post', chat('/read'), (_, { stays }) => ({ seq: stays.seq })),
  readFrame: frame('message_read', ({ stays }) => ({ message_id: stays.id })),
  unread: rest('post', chat('/unread'), (_, { stays }) => ({ seq: stays.seq })),
  typing: frame('typing', ({ chatId }) => ({ chat_id: chatId, is_typing: true })),
  rename: rest('put', chat(), () => ({ name: `renamed ${crypto.randomUUID()}` })),
  addMember: rest('post', chat('/members'), ({ host }) => ({ user_id: host.id })),
  removeMember: async (world, asking) => {
    const place = world.place(asking)
    return (await world.knocker(asking).del(`/api/chats/${place.chatId}/members/${world.host.id}`)).status
  },
  setRole: async (world, asking) => {
    const path = `/api/chats/${world.place(asking).chatId}/members/${world.host.id}`
    return (await world.knocker(asking).put(path, { role: 'member' })).status
  },
  deleteTheirs: rest('del', ({ doomed }, { asker }) => `/api/chats/messages/${doomed[asker]}`),
  join: rest('post', chat('/join')),
}
