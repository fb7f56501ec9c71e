import type { ChatWire } from '../../src/client/index.ts'
import { useHere } from './kit.ts'
import type { Talk } from './useConversation.ts'
import { useLanding } from './useLanding.ts'
import { useReading } from './useReading.ts'
import { useScroll } from './useScroll.ts'

interface Needs {
  talk: Talk
  /** A message that was asked for. */
  focus: string | null
  /** Nothing is read by looking now. */
  isPaused: boolean
}

/** What of a chat is in view: held while it changes, arrived at, and read. */
export function useViewport({ talk, focus, isPaused }: Needs) {
  const { alive } = useHere()
  const { chat } = talk
  const { view, isAway, onScroll } = useScroll({
    isAtEnd: talk.isAtEnd,
    onStart: talk.loadOlder,
    onEnd: talk.loadNewer,
  })
  const { found, jumpTo } = useLanding({ view, talk, focus })
  useReading(view, {
    chatId: chat.id,
    readSeq: readSeqOf(chat),
    lastSeq: alive ? chat.last_seq : 0,
    isPaused,
  })
  return { view, isAway, onScroll, found, jumpTo }
}

const readSeqOf = ({ me }: ChatWire): number => me?.last_read_seq ?? 0
