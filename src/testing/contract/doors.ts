// Who gets what at each door: the whole table, without a node. `doors.test.ts` tries every case on a real one (S-10).

export const ASKERS = [
  'anonymous',
  'guest',
  'member',
  'bot',
  'chatAdmin',
  'serverAdmin',
  'serverOwner',
] as const
export type Asker = (typeof ASKERS)[number]

export const RELATIONS = ['member', 'never', 'removed', 'joinedLater', 'archived', 'deactivated'] as const
export type Relation = (typeof RELATIONS)[number]

export const VISIBILITIES = ['private', 'public'] as const
export type Visibility = (typeof VISIBILITIES)[number]

export interface Case {
  asker: Asker
  relation: Relation
  visibility: Visibility
}

/** A status, or what a door that always opens shows of the chat. */
export type Outcome = number | 'shown' | 'hidden'

type Rule = (asking: Case) => Outcome

const isNobody = ({ asker, relation }: Case): boolean => asker === 'anonymous' || relation === 'deactivated'
const isIn = ({ relation }: Case): boolean => relation !== 'never' && relation !== 'removed'
const isArchived = ({ relation }: Case): boolean => relation === 'archived'
const isAdmin = ({ asker }: Case): boolean => asker === 'chatAdmin'
/** Everybody but guests may know that a public channel is there. */
const mayFind = ({ asker, visibility }: Case): boolean => visibility === 'public' && asker !== 'guest'

/** Doors of the chat: members pass, whoever may find it hears that they are none, to the rest it does not exist. */
const chatDoor =
  (inside: Rule): Rule =>
  (asking) =>
    isIn(asking) ? inside(asking) : mayFind(asking) ? 403 : 404

/** Doors of a message by its id: to all but members it does not exist. */
const messageDoor =
  (inside: Rule): Rule =>
  (asking) =>
    isIn(asking) ? inside(asking) : 404

const writes =
  (status: number): Rule =>
  (asking) =>
    isArchived(asking) ? 409 : status

/** What only an admin of the chat may: in an archived one nobody. */
const adminOnly =
  (status: number): Rule =>
  (asking) =>
    isAdmin(asking) ? writes(status)(asking) : 403

const always =
  (status: number): Rule =>
  () =>
    status

const shownIf =
  (holds: (asking: Case) => boolean): Rule =>
  (asking) =>
    holds(asking) ? 'shown' : 'hidden'

/** In the order in which they are tried: what joins comes last. */
export const DOORS = {
  chat: (asking: Case) => (isIn(asking) || mayFind(asking) ? 200 : 404),
  chatsList: shownIf(isIn),
  channelsList: shownIf((asking) => mayFind(asking) && !isArchived(asking)),
  hello: shownIf(isIn),
  sync: shownIf(isIn),
  history: chatDoor(always(200)),
  changes: chatDoor(always(200)),
  members: chatDoor(always(200)),
  message: messageDoor(always(200)),
  reactions: messageDoor(always(200)),
  reads: messageDoor(always(200)),
  around: chatDoor(always(200)),
  quote: chatDoor(writes(201)),
  send: chatDoor(writes(201)),
  sendFrame: chatDoor(writes(200)),
  editTheirs: messageDoor((asking) => (isArchived(asking) ? 409 : 403)),
  editOwn: messageDoor(writes(200)),
  react: messageDoor(writes(200)),
  unreact: messageDoor(writes(200)),
  pin: messageDoor((asking) => (isArchived(asking) ? 409 : isAdmin(asking) ? 200 : 403)),
  read: chatDoor(always(200)),
  readFrame: messageDoor(always(200)),
  unread: chatDoor(always(200)),
  typing: (asking: Case) => (isIn(asking) ? 200 : 404),
  rename: chatDoor(adminOnly(200)),
  addMember: chatDoor((asking) =>
    isArchived(asking) ? 409 : isAdmin(asking) || asking.visibility === 'public' ? 200 : 403,
  ),
  removeMember: chatDoor((asking) => (isArchived(asking) ? 409 : 403)),
  setRole: chatDoor((asking) => (isArchived(asking) ? 409 : 403)),
  deleteTheirs: messageDoor(adminOnly(200)),
  join: (asking: Case) => (isIn(asking) || mayFind(asking) ? 200 : 404),
} as const satisfies Record<string, Rule>

export type Door = keyof typeof DOORS

/** A stranger, and whoever was deactivated, is nobody: every door says so before it looks at what they want. */
export const expected = (door: Door, asking: Case): Outcome => (isNobody(asking) ? 401 : DOORS[door](asking))

/** Whether what happens in the chat now reaches the asker's open socket. */
export const hears = (asking: Case): boolean => !isNobody(asking) && isIn(asking)
