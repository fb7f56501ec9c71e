import { batch, effect, signal } from '@preact/signals'
import { ask, onFrame } from './connection.ts'
import { createOutbox, type Entry, type Outbox } from './outbox.ts'
import { openShelf } from './shelf.ts'
import { chats, connection, putChatState, waiting } from './store.ts'
import { putRow } from './sync.ts'
import { openTurns } from './turns.ts'
import type { MessageWire } from './wire.ts'

let outbox: Outbox | null = null

/** Raised when this device can keep no more: what is written waits in this page only. */
export const storageFull = signal(0)

/** The page's outbox. Until the page is alive there is none. */
export const theOutbox = (): Outbox | null => outbox

/** Opens the outbox of a person on this page. A later call finds it open. */
export function openOutbox(userId: string): void {
  if (outbox !== null) return
  const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel(`warren-outbox-${userId}`) : null
  const opened = createOutbox({
    userId,
    shelf: openShelf(userId),
    send: sendEntry,
    show: (entries) => {
      waiting.value = entries
    },
    sent: (message) => batch(() => keepRow(message)),
    full: () => {
      storageFull.value += 1
    },
    tellTabs: () => tabs?.postMessage('changed'),
  })
  outbox = opened
  if (tabs !== null) tabs.onmessage = () => void opened.reload()
  void opened.reload().then(() => takeTurns(userId, opened))
  effect(() => {
    if (connection.value.state === 'live') opened.flush()
  })
  settleEchoes(opened)
}

async function sendEntry({ chat_id, client_id, content, reply_to }: Entry): Promise<MessageWire> {
  const draft = { chat_id, client_id, content, ...(reply_to === null ? {} : { reply_to }) }
  const { message } = await ask<{ message: MessageWire }>({ type: 'send_message', ...draft })
  return message
}

/** The answer to one's own doing, shown at once. */
export function keepRow(message: MessageWire): void {
  const state = chats.peek().get(message.chat_id)
  if (state !== undefined) putChatState(putRow(state, message))
}

/**
 * One page of this browser sends (Web Locks): the one in front, for a page in the background may be put to sleep.
 * Where there are no locks every page sends; the node knows a repeat by its `client_id`.
 */
function takeTurns(userId: string, opened: Outbox): void {
  if (!('locks' in navigator)) return opened.setFlushing(true)
  const turns = openTurns(navigator.locks, `warren-outbox-${userId}`, opened.setFlushing)
  if (document.visibilityState === 'visible') turns.take()
  else turns.wait()
  addEventListener('focus', turns.take)
}

/** A message of mine that comes back is stored, also when its answer was lost. */
function settleEchoes(opened: Outbox): void {
  onFrame((frame) => {
    const rows =
      frame.type === 'new_message' ? [frame.data] : frame.type === 'changes' ? frame.data.messages : []
    for (const { client_id } of rows) if (client_id !== null) opened.settle(client_id)
  })
}
