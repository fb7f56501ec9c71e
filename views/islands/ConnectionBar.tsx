/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks'
import { connection, hurry } from '../../src/client/index.ts'
import { Icon, useHere } from './kit.ts'

/** A short loss is not worth a word. */
const QUIET_MS = 5000

/** Says that there is no connection, once that has lasted. */
export function ConnectionBar() {
  const { words } = useHere()
  const { state } = connection.value
  const [isLong, setLong] = useState(false)

  useEffect(() => {
    if (state === 'live') return setLong(false)
    const timer = setTimeout(() => setLong(true), QUIET_MS)
    return () => clearTimeout(timer)
  }, [state === 'live'])

  const isOffline = useOffline(state === 'live')

  if (!isLong && !isOffline) return null
  return (
    <div class="connection" role="status">
      <Icon name="offline" />
      <span>{isOffline ? words.connection.offline : words.connection.connecting}</span>
      <button type="button" onClick={hurry}>
        {words.connection.retry}
      </button>
    </div>
  )
}

/** The browser knows of no network, and the node is not on this machine either. */
function useOffline(isLive: boolean): boolean {
  const [isOffline, setOffline] = useState(false)
  useEffect(() => {
    const look = (): void => {
      if (navigator.onLine) return setOffline(false)
      fetch('/api/auth/me').then(
        () => setOffline(false),
        () => setOffline(!navigator.onLine),
      )
    }
    look()
    addEventListener('online', look)
    addEventListener('offline', look)
    return () => {
      removeEventListener('online', look)
      removeEventListener('offline', look)
    }
  }, [isLive])
  return isOffline
}
