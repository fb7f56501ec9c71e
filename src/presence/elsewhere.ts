import type { Id } from '../platform/ids.ts'
import type { PresenceState } from '../platform/realtime/connection.ts'
import { digestOf, readWhole, type States, writeWhole } from './states.ts'

/** Who is at the other nodes. Kept by what they say, and forgotten with a node that says nothing any more. */
export interface Elsewhere {
  /** What the user's devices at other nodes say, none when there are none. */
  of(userId: Id<'user'>): readonly PresenceState[]
  /** To the others: somebody's state at this node, null when the last device went. */
  say(userId: Id<'user'>, state: PresenceState | null): void
  /** This node ends: its people are told to be gone at once. */
  leave(): void
}

export interface Neighbours {
  node: string
  /** To all other nodes. May be lost. */
  tell(text: string): void
  onHeard(hear: (text: string) => void): void
  /** False while nobody's words arrive: silence says nothing then. */
  isHeard(): boolean
  /** The state of this user has changed elsewhere. */
  changed(userId: Id<'user'>): void
  now(): number
}

interface Neighbour {
  states: States
  heardAt: number
}

/** How often a node says what it has; who has heard less asks for all of it. */
export const BEAT_MS = 5000
/** Three beats. */
const FORGET_MS = 16_000

/** What nodes say: `node = user state`, `node + digest`, `node ? node` (say all), `node * all`, `node -` (it ends). */
export function createElsewhere(neighbours: Neighbours): Elsewhere & { beat(): void } {
  const { node, tell, changed, now } = neighbours
  const own: States = new Map()
  const others = new Map<string, Neighbour>()

  const ask = (name: string): void => tell(`${node} ? ${name}`)
  /** Asked once: what it says next is noted, and its beat tells whether something is missing still. */
  const meet = (name: string): void => {
    others.set(name, { states: new Map(), heardAt: now() })
    ask(name)
  }
  const replace = (name: string, states: States): void => {
    const before = others.get(name)?.states ?? new Map()
    others.set(name, { states, heardAt: now() })
    for (const userId of new Set([...before.keys(), ...states.keys()]))
      if (before.get(userId) !== states.get(userId)) changed(userId)
  }
  const forget = (name: string): void => {
    const gone = others.get(name)
    others.delete(name)
    for (const userId of gone?.states.keys() ?? []) changed(userId)
  }
  const note = (name: string, userId: Id<'user'>, state: string): void => {
    const neighbour = others.get(name)
    if (neighbour === undefined) return meet(name)
    if (state === '') neighbour.states.delete(userId)
    else neighbour.states.set(userId, state as PresenceState)
    changed(userId)
  }
  neighbours.onHeard((text) => {
    const [name = '', kind, about = '', state = ''] = text.split(' ')
    if (kind === '=') note(name, about as Id<'user'>, state)
    else if (kind === '*') replace(name, readWhole(about))
    else if (kind === '-') forget(name)
    else if (kind === '?' && about === node) tell(`${node} * ${writeWhole(own)}`)
    else if (kind === '+') {
      const neighbour = others.get(name)
      if (neighbour === undefined) return meet(name)
      neighbour.heardAt = now()
      if (digestOf(neighbour.states) !== about) ask(name)
    }
  })
  return {
    of: (userId) => [...others.values()].flatMap(({ states }) => states.get(userId) ?? []),
    say: (userId, state) => {
      // Also asked for people of other nodes: of whom this one has nothing to say.
      if ((own.get(userId) ?? null) === state) return
      if (state === null) own.delete(userId)
      else own.set(userId, state)
      tell(`${node} = ${userId} ${state ?? ''}`)
    },
    leave: () => tell(`${node} -`),
    beat: () => {
      tell(`${node} + ${digestOf(own)}`)
      for (const [name, neighbour] of others) {
        if (!neighbours.isHeard()) neighbour.heardAt = now()
        else if (now() - neighbour.heardAt > FORGET_MS) forget(name)
      }
    },
  }
}
