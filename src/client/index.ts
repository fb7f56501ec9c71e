// What the islands use of the page's life beside them.
export { callApi, getJson } from './api.ts'
export { loadAround, loadNewest, loadPage } from './catchUp.ts'
export { hurry, onFrame } from './connection.ts'
export {
  deleteMessage,
  editMessage,
  markChatRead,
  markRead,
  markUnread,
  ownLast,
  pinMessage,
  reactTo,
} from './doing.ts'
export { goToDoor, watchDoor } from './door.ts'
export { draftOf, keepDraft, loadDrafts } from './drafts.ts'
export { fitOf, markedIn } from './fuzzy.ts'
export { isUnread, listOf, numberOf, totalOf } from './listing.ts'
export { goLive } from './live.ts'
export { type Begun, begunAt, complete, rankMembers, recencyOf } from './mention.ts'
export { announce, announceNow, assertive, dismiss, notices, notify, polite } from './notices.ts'
export type { Entry } from './outbox.ts'
export { tellTyping, tellTypingOver, watchPeople } from './presence.ts'
export { gone } from './rewound.ts'
export { openOutbox, storageFull, theOutbox } from './sending.ts'
export { hideChat, showChat } from './showing.ts'
export { Refused } from './socket.ts'
export {
  chatSignal,
  chats,
  connection,
  drafts,
  editing,
  meetChat,
  meId,
  openChat,
  typists,
  waiting,
} from './store.ts'
export type { ChatState } from './sync.ts'
export { visit, wireLinks } from './visit.ts'
export { type Bounds, isAtBeginning, isAtEnd } from './window.ts'
export type { ChatWire, MemberWire, MessageWire, SenderWire, SystemWire, UserWire } from './wire.ts'
