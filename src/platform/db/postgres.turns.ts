import { unavailable } from './failure.ts'
import type { Write } from './write.ts'

export interface Turns {
  /** Writes of one turn that may wait at a time, and of all. */
  each: number
  all: number
}

/** Both never reject. */
export interface Carriers {
  /** Writes of one turn; false when they are lost. */
  alone(batch: readonly Write[]): Promise<boolean>
  /** Joint writes of several; answers with those that are to be carried out alone, null when all are lost. */
  together(batch: readonly Write[]): Promise<readonly Write[] | null>
}

interface Line {
  readonly turn: string
  readonly waiting: Write[]
}

interface State {
  readonly carriers: Carriers
  readonly most: Turns
  /** Of every turn that has a write under way or waiting. */
  readonly lines: Map<string, Line>
  /** Lines with a joint write at their head and none under way, in the order in which they came to it. */
  ready: Line[]
  waiting: number
  departures: number
  scheduled: boolean
}

const MOST_WRITES = 64
/** While one is flushed the other is filled. More would be smaller ones. */
const MOST_DEPARTURES = 2

/**
 * Writes of one chat go one transaction at a time, in the order in which they were asked for. They wait here, without a
 * connection: one locked chat must not starve the others. Joint writes share a transaction, also with other chats; one
 * whose chat somebody else holds goes on alone. Those that wait behind a lost transaction are refused with it: they
 * would wait as long for the same, and whoever has sent several sends all of them again, in their order.
 */
export function openTurns(carriers: Carriers, most: Turns) {
  const lines = new Map<string, Line>()
  const state: State = { carriers, most, lines, ready: [], waiting: 0, departures: 0, scheduled: false }
  return (turn: string, write: Write): void => {
    const known = lines.get(turn)
    if ((known?.waiting.length ?? 0) >= most.each || state.waiting >= most.all)
      return write.reject(unavailable())
    state.waiting++
    if (known !== undefined) return void known.waiting.push(write)
    const line = { turn, waiting: [write] }
    lines.set(turn, line)
    advance(state, line)
  }
}

/** Nothing of the line is under way. */
function advance(state: State, line: Line): void {
  const [first] = line.waiting
  if (first === undefined) state.lines.delete(line.turn)
  else if (first.asked === null) void goAlone(state, line)
  else {
    state.ready.push(line)
    schedule(state)
  }
}

/** All that is asked for in this turn of the event loop goes at once. */
function schedule(state: State): void {
  if (state.scheduled || state.departures >= MOST_DEPARTURES) return
  state.scheduled = true
  setImmediate(() => {
    state.scheduled = false
    if (state.ready.length > 0) void depart(state)
  })
}

async function goAlone(state: State, line: Line): Promise<void> {
  const batch = take(state, line, () => true, MOST_WRITES)
  if (!(await state.carriers.alone(batch))) refuse(state, line)
  advance(state, line)
}

async function depart(state: State): Promise<void> {
  state.departures++
  const taken = load(state)
  if (state.ready.length > 0) schedule(state)
  const left = await state.carriers.together([...taken.values()].flat())
  state.departures--
  for (const [line, writes] of taken) {
    const own = left === null ? [] : writes.filter((write) => left.includes(write))
    line.waiting.unshift(...own)
    state.waiting += own.length
    if (left === null) refuse(state, line)
    if (own.length > 0) void goAlone(state, line)
    else advance(state, line)
  }
  schedule(state)
}

/** The first of each line that is ready, as long as they ask for the same joint. */
function load(state: State): Map<Line, Write[]> {
  const joint = state.ready[0]?.waiting[0]?.asked?.joint
  const taken = new Map<Line, Write[]>()
  const left: Line[] = []
  let room = MOST_WRITES
  for (const line of state.ready) {
    const own = take(state, line, ({ asked }) => asked?.joint === joint, room)
    if (own.length === 0) left.push(line)
    else taken.set(line, own)
    room -= own.length
  }
  state.ready = left
  return taken
}

/** The writes at the head of a line that go along. */
function take(state: State, { waiting }: Line, goes: (write: Write) => boolean, most: number): Write[] {
  const end = waiting.findIndex((write, at) => at >= most || !goes(write))
  const taken = waiting.splice(0, end < 0 ? waiting.length : end)
  state.waiting -= taken.length
  return taken
}

function refuse(state: State, { waiting }: Line): void {
  state.waiting -= waiting.length
  for (const write of waiting.splice(0)) write.reject(unavailable())
}
