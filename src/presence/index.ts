export { presenceFrame, presenceFrames, typingFrame, watchPresenceFrame } from './frames.ts'
/** `createHere(app, bus)`: `of(userId)` is the presence that `{user}` carries, `changed` goes into `RealtimeDeps.onPresence`. */
export { createHere, type Here } from './here.ts'
export type { Presence } from './presence.ts'
/** `createTyping(bus)`: who is typing where, for `presenceFrames`. */
export { createTyping, type Typing } from './typing.ts'
