import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { connection, notify } from '../../src/client/index.ts'
import { useHere } from './kit.ts'

/** When the page has long been there: who loses the network afterwards has this part. */
const AHEAD_MS = 5000

/** A part whose code comes when it is first wanted. What can't be had is told, and no longer wanted: `giveUp`. */
export function useLazy<Props>(
  isWanted: boolean,
  load: () => Promise<ComponentType<Props>>,
  giveUp: () => void,
): ComponentType<Props> | null {
  const [part, setPart] = useState<{ component: ComponentType<Props> } | null>(null)
  const { words } = useHere()
  const fail = (): void => {
    // With a connection: a newer node has another one, or this browser remembers that it could not be had.
    if (navigator.onLine && connection.peek().state === 'live') return location.reload()
    notify(words.connection.tryLater, true)
    giveUp()
  }
  useEffect(() => {
    if (isWanted && part === null) load().then((component) => setPart({ component }), fail)
  }, [isWanted])
  useEffect(() => {
    const ahead = setTimeout(() => {
      if (connection.peek().state === 'live') load().catch(() => undefined) // asked for again when it is wanted
    }, AHEAD_MS)
    return () => clearTimeout(ahead)
  }, [])
  return part?.component ?? null
}
