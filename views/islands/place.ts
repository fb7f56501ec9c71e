import { createContext } from 'preact'
import { useContext, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import type { Place } from './props.ts'
import { type Speech, speechIn } from './words.ts'

/** What an island's parts share: who looks, in which language, and where the icons are. */
export interface Here extends Speech {
  place: Place
  /** Whether it runs: the server's picture and the first one of the browser are the same. */
  alive: boolean
}

const HereContext = createContext<Here | null>(null)
export const HereProvider = HereContext.Provider

export function useHere(): Here {
  const here = useContext(HereContext)
  if (here === null) throw new Error('an island part stands outside of its island')
  return here
}

/** First as the server drew it, in its zone; then in the browser's own, with all that the store knows. */
export function usePlace(place: Place): Here {
  const [alive, setAlive] = useState(false)
  useLayoutEffect(() => setAlive(true), [])
  return useMemo(() => {
    const zone = alive ? Intl.DateTimeFormat().resolvedOptions().timeZone : place.zone
    const now = alive ? Date.now : () => Date.parse(place.now)
    return { place, alive, ...speechIn(place.locale, zone, now) }
  }, [place, alive])
}
