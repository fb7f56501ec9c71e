/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'
import { useMemo, useRef, useState } from 'preact/hooks'
import {
  deleteMessage,
  editing,
  keepDraft,
  type MessageWire,
  markUnread,
  notify,
  pinMessage,
  Refused,
  reactTo,
} from '../../src/client/index.ts'
import { type Acts, may, messageUrl, useHere } from './kit.ts'
import type { Talk } from './useConversation.ts'
import { useLazy } from './useLazy.ts'

/** Where a floating part is put: beside an element or at a point. */
export type Anchor = Element | { x: number; y: number }

type Layer = { kind: 'menu' | 'emoji' | 'confirm'; row: MessageWire; at: Anchor }

interface Needs {
  talk: Talk
  jumpTo(messageId: string): void
  onMarkUnread(): void
}

/** All that can be done to messages here, and the layers that this opens. */
export function useActsHere({ talk, jumpTo, onMarkUnread }: Needs): {
  acts: Acts
  layers: ComponentChildren
} {
  const { words, explain, place } = useHere()
  const [layer, setLayer] = useState<Layer | null>(null)
  const now = useRef(talk)
  now.current = talk
  const me = place.me.id
  const { chat } = talk

  const complain = async (error: unknown): Promise<void> =>
    notify(await explain(error instanceof Refused ? error.reason : null), true)

  const acts = useMemo<Acts>(() => {
    const run = (work: Promise<void>): void => void work.catch(complain)
    const focusOn = (row: MessageWire): void => document.getElementById(`m-${row.id}`)?.focus()
    const copy = (text: string): void =>
      run(navigator.clipboard.writeText(text).then(() => notify(words.message.copied)))
    return {
      chat,
      reply: (row) => {
        if (!may.reply(chat, row)) return
        keepDraft(me, chat.id, { replyTo: row.id })
        document.querySelector<HTMLElement>('#composer textarea')?.focus()
      },
      react: (row, emoji) => {
        const mine = row.reactions.some((one) => one.emoji === emoji && one.user_ids.includes(me))
        if (may.react(chat, row)) run(reactTo(row.id, emoji, !mine))
      },
      pickEmoji: (row, at) => may.react(chat, row) && setLayer({ kind: 'emoji', row, at }),
      openMenu: (row, at) => setLayer({ kind: 'menu', row, at }),
      edit: (row) => {
        if (may.edit(chat, row, me)) editing.value = row.id
      },
      endEdit: (row) => {
        editing.value = null
        focusOn(row)
      },
      pin: (row) => may.pin(chat, row) && run(pinMessage(row.id, row.pinned_at === null)),
      copyText: (row) => copy(row.content),
      copyLink: (row) => copy(new URL(messageUrl(row), location.href).href),
      markUnread: (row) => {
        onMarkUnread()
        now.current.beginUnread(row.seq)
        run(markUnread(chat.id, row.seq))
      },
      remove: (row) => may.remove(chat, row, me) && setLayer({ kind: 'confirm', row, at: { x: 0, y: 0 } }),
      jumpTo,
      person: (id) => personIn(now.current, id),
    }
  }, [chat.id, chat.archived_at, chat.me?.role, words])

  const close = (): void => setLayer(null)
  const remove = async (row: MessageWire): Promise<void> => {
    close()
    await deleteMessage(row.id).catch(complain)
    document.getElementById(`m-${row.id}`)?.focus()
  }
  const Layers = useLazy(layer !== null, async () => (await import('./Layers.tsx')).Layers, close)
  const layers = layer !== null && Layers !== null && (
    <Layers {...layer} acts={acts} onClose={close} onRemove={() => void remove(layer.row)} />
  )
  return { acts, layers }
}

function personIn({ members, rows, chat }: Talk, id: string) {
  const known = members.get(id)?.user ?? chat.faces?.find((face) => face.id === id)
  return known ?? rows.find((row) => row.sender_id === id)?.sender ?? null
}
