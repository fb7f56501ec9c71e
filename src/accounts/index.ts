export { type ActiveUsers, countActiveUsers } from './activeUsers.ts'
export { forgotPassword, resendVerification } from './askByMail.ts'
export { askerOf } from './asker.ts'
export { authenticate } from './authenticate.ts'
export { type Answer, type Asking, authenticateRequest } from './authenticateRequest.ts'
export { type AskingSocket, authenticateSocket } from './authenticateSocket.ts'
export { changePassword, setPassword } from './changePassword.ts'
export { type Cookies, hasCookie, readCookies, signInCookies, signOutCookies } from './cookies.ts'
export { createResetLink } from './createResetLink.ts'
export {
  type AccountDraft,
  type AccountTerms,
  createUser,
  hashDraft,
  isSetUp,
  type NewAccount,
  storeUser,
} from './createUser.ts'
export { endOtherSessions, endSession, logOut } from './endSessions.ts'
export { accountJobs } from './jobs.ts'
export { inviteLink, mailOrigin } from './links.ts'
export { listSessions, type SessionPage } from './listSessions.ts'
export { findAuthzChanged, findLiveSessions, sweepSessions } from './liveSessions.ts'
export { type LogInDraft, logIn, type Origin } from './logIn.ts'
export { isMailOn, mailAlreadyHere, mailVerification } from './mail.ts'
export {
  findPerson,
  findWho,
  listEverybody,
  listPeople,
  type PeoplePage,
  type PeopleQuery,
  requireUser,
} from './people.ts'
export {
  findSenders,
  findStatuses,
  ownUserToWire,
  type Presence,
  type PresenceOf,
  userToWire,
} from './present.ts'
export { profileInput } from './profileInput.ts'
export { refresh } from './refresh.ts'
export { resetPassword } from './resetPassword.ts'
export { sealedAccounts } from './sealed.ts'
export { forgetSessions, trustSessions } from './sessionCache.ts'
export { type By, OPERATOR, type StandingChange, setStanding } from './setStanding.ts'
export { findUserByEmail, findUserById, findUserByUsername, selectFirstOwner } from './sql.ts'
export type { SignedIn } from './startSession.ts'
export { type ProfileChange, updateProfile } from './updateProfile.ts'
export {
  emailInput,
  fullNameInput,
  givenPassword,
  hasRole,
  isAbove,
  newPassword,
  roleInput,
  type UserRow,
  usernameInput,
} from './user.ts'
export { verifyEmail } from './verifyEmail.ts'
export * from './wire.ts'
export { createTicket, redeemTicket } from './wsTicket.ts'
