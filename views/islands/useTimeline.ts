import { useEffect, useMemo, useState } from 'preact/hooks'
import { loadNewest } from '../../src/client/index.ts'
import type { TimelineProps } from './props.ts'
import { useActsHere } from './useActsHere.tsx'
import { useConversation } from './useConversation.ts'
import { useHead } from './useHead.ts'
import { useKeys } from './useKeys.ts'
import { useViewport } from './useViewport.ts'

/** All that a timeline is made of, put together. */
export function useTimeline(props: TimelineProps) {
  const talk = useConversation(props)
  const [isPaused, setPaused] = useState(props.focus !== null)
  const { view, isAway, onScroll, found, jumpTo } = useViewport({ talk, focus: props.focus, isPaused })
  const { acts, layers } = useActsHere({ talk, jumpTo, onMarkUnread: () => setPaused(true) })
  useHead(talk)
  const keys = useKeys({ view, talk, acts })
  const look = useMemo(() => ({ ...keys, found }), [keys, found])

  async function toEnd(): Promise<void> {
    if (!talk.isAtEnd) await loadNewest(talk.chat.id).catch(() => undefined) // what is loaded is shown to its end
    if (view.current !== null) view.current.scrollTop = 0
  }

  // What I send is shown where I see it.
  const lastOwn = talk.pending.at(-1)?.client_id
  useEffect(() => {
    if (lastOwn !== undefined) void toEnd()
  }, [lastOwn])

  return { talk, view, isAway, onScroll, acts, layers, look, handlers: keys.handlers, toEnd }
}
