import { batch } from '@preact/signals'
import { compareDigest, greet, hearChanges, hearDurable, resync } from './catchUp.ts'
import { hurry, openConnection, tell } from './connection.ts'
import { hearOwn } from './hearOwn.ts'
import { askPresence, hearPresence, hearTyping, stopTyping } from './presence.ts'
import { connection, meId } from './store.ts'
import { isDurable, type ServerFrame } from './wire.ts'

/** Hidden or untouched for so long: away. */
const IDLE_MS = 600_000
const HIDDEN_MS = 5000

export interface Visitor {
  id: string
  /** The session is over. */
  signedOut(): void
}

/** Opens this page's one connection. On a later call, after a swap, it is there already. */
export function goLive({ id, signedOut }: Visitor): void {
  const opened = openConnection({
    heard: (frame) => batch(() => hear(frame)),
    connection: (now) => {
      connection.value = now
    },
    signedOut,
  })
  if (!opened) return
  meId.value = id
  addEventListener('online', hurry)
  addEventListener('offline', hurry) // asks whether it is so: the node may be on this machine
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && hurry())
  watchIdle()
}

function hear(frame: ServerFrame): void {
  if (isDurable(frame)) {
    if (frame.type === 'new_message') stopTyping(frame.data.chat_id, frame.data.sender_id)
    return hearDurable(frame)
  }
  switch (frame.type) {
    case 'hello':
      // A cookie may have become another person's in another tab: this page is not theirs.
      if (frame.data.user_id !== meId.peek()) return location.reload()
      greet(frame.data)
      return void askPresence()
    case 'changes':
      return hearChanges(frame.data.chat_id, frame.data)
    case 'resync':
      return resync(frame.data.chat_id)
    case 'pong':
      return compareDigest(frame.data.digest)
    case 'user_typing':
      return hearTyping(frame.data)
    case 'presence':
      return hearPresence(frame.data)
    default:
      return hearOwn(frame)
  }
}

/** Tells when this person turns away, and when they are back. */
function watchIdle(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let told: 'online' | 'away' = 'online'
  const say = (state: 'online' | 'away'): void => {
    if (told !== state) tell({ type: 'presence', state })
    told = state
  }
  const touched = (): void => {
    clearTimeout(timer)
    const isHidden = document.visibilityState === 'hidden'
    if (!isHidden) say('online')
    timer = setTimeout(() => say('away'), isHidden ? HIDDEN_MS : IDLE_MS)
  }
  for (const type of ['pointerdown', 'keydown', 'visibilitychange', 'focus'])
    addEventListener(type, touched, { capture: true, passive: true })
  touched()
}
