export {
  type Access,
  refuseStranger,
  requireChat,
  requireMember,
  requireRole,
  requireWritable,
} from './access.ts'
export { addInvited, addMember } from './addMember.ts'
export { type ChatChange, changeChat } from './change.ts'
export { listChannels } from './channels.ts'
export { type ChatKind, type ChatRow, isAtLeast, type MemberRow, outranks } from './chat.ts'
export { type ChatDraft, createChat } from './create.ts'
export { deleteChat } from './delete.ts'
export { announceFirst, type Hearing, whoHearsFirst } from './firstMessage.ts'
export { type ChatHead, findChatHeads, findMembersOf, findMovedChats, readHeads } from './heads.ts'
export { joinChat } from './join.ts'
export { leaveChat } from './leave.ts'
export { getChat, listChats } from './list.ts'
export { listMembers } from './members.ts'
export { type MembershipRow, readMemberships } from './memberships.ts'
export {
  chatToWire,
  memberToWire,
  meToWire,
  presentChat,
  presentChats,
  presentChatTo,
  presentMemberships,
  toListed,
} from './present.ts'
export { removeMember } from './removeMember.ts'
export { setMemberRole } from './setMemberRole.ts'
export { findPositions, type Position } from './sql.memberships.ts'
export { type Counts, type Mark, readCounts } from './unread.ts'
export * from './wire.ts'
