/** @jsxImportSource preact */
import { effect } from '@preact/signals'
import { useEffect, useLayoutEffect } from 'preact/hooks'
import {
  type ChatWire,
  chats,
  goLive,
  gone,
  goToDoor,
  loadDrafts,
  meetChat,
  notify,
  openOutbox,
  storageFull,
  totalOf,
  watchDoor,
} from '../../src/client/index.ts'
import { Above } from './Above.tsx'
import { HereProvider, titleOf, useHere, usePlace } from './kit.ts'
import { leaveLostChat, sayTold } from './lostChat.ts'
import type { ShellProps, SidebarProps } from './props.ts'
import { useArrival } from './useArrival.ts'
import { useLaterWish } from './useLaterWish.ts'

const YEAR_S = 31_536_000

/** What every signed-in page has once: the connection, the outbox, who is told what, and the keys. */
export function Shell(props: ShellProps) {
  const here = usePlace(props.place)
  return (
    <HereProvider value={here}>
      <Parts {...props} />
    </HereProvider>
  )
}

function Parts({ place, chats: given, signInUrl }: ShellProps) {
  const { words, fill } = useHere()

  useLayoutEffect(() => {
    for (const chat of given ?? chatsInSidebar()) meetChat(chat)
  }, [given])
  useEffect(() => {
    keepZone()
    sayTold()
    loadDrafts(place.me.id)
    openOutbox(place.me.id)
    watchDoor()
    goLive({ id: place.me.id, signedOut: () => goToDoor(signInUrl) })
    const stops = [
      countInTitle(),
      leaveLostChat((chat) => fill(words.told.removed, { name: titleOf(chat) })),
      effect(() => void (storageFull.value > 0 && notify(words.error.storage, true))),
      effect(() => {
        const count = gone.value
        const { restored, restoredUncounted } = words.told
        // Whoever had to sign in again has nothing to count: what they knew went with the page before.
        if (count !== null) notify(count === 0 ? restoredUncounted : fill(restored, { count }), true, true)
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [])
  useArrival()
  useLaterWish()

  return <Above />
}

/** Read here, and not left to the sidebar: that may come to life after the connection, which wants to know them. */
function chatsInSidebar(): ChatWire[] {
  const props = document.querySelector('warren-island[name="Sidebar"]')?.getAttribute('props')
  return props ? (JSON.parse(props) as SidebarProps).chats : []
}

/** The server draws times in the viewer's zone from the next page on. */
function keepZone(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is missing where a page came over plain HTTP
  document.cookie = `tz=${encodeURIComponent(zone)}; path=/; max-age=${YEAR_S}; samesite=lax`
}

/** `(3) general · Larkfield`: the number stays while screens and their titles change. */
function countInTitle(): () => void {
  const write = (total: number): void => {
    const bare = document.title.replace(/^\(\d+\+?\) /, '')
    const title = total > 0 ? `(${total}) ${bare}` : bare
    if (document.title !== title) document.title = title
  }
  const observer = new MutationObserver(() => write(totalOf(chats.peek())))
  observer.observe(document.head, { childList: true, subtree: true, characterData: true })
  const stop = effect(() => write(totalOf(chats.value)))
  return () => {
    observer.disconnect()
    stop()
  }
}
