import { type Patch, type PatchedTree, plant } from '../checker/tree.ts'

/** Where a node may kill itself. `full` is none: there the database has no more room until it is told again. */
export const POINTS = [
  'before_commit',
  'mid_group_commit',
  'after_commit_before_publish',
  'after_publish_before_ack',
] as const
export type Point = (typeof POINTS)[number]

/**
 * The failpoints are not in the program: they are put into a copy of its text, and an executable is built of that.
 * Nothing that a user can set trips what is not there. The copy counts from SIGUSR2 on, and kills itself when it
 * passes the point in `TRIP_AT=point:count` for the last time.
 */
const TRIP = `import type { Database } from 'bun:sqlite'

const [place, at] = (process.env.TRIP_AT ?? '').split(':')
let isArmed = false
let passed = 0
process.on('SIGUSR2', () => {
  isArmed = !isArmed
})

export function trip(name: string): void {
  if (isArmed && name === place && ++passed === Number(at)) process.kill(process.pid, 'SIGKILL')
}

export function fillOnSignal(writer: Database): void {
  if (place !== 'full') return
  let isFull = false
  process.on('SIGUSR2', () => {
    isFull = !isFull
    writer.run(\`pragma max_page_count = \${isFull ? 1 : 4294967294}\`)
  })
}
`

const SQLITE = 'src/platform/db/db.sqlite.ts'
const TRANSACTION = 'src/platform/db/postgres.transaction.ts'
const BUS = 'src/platform/realtime/bus.ts'
const RECEIVE = 'src/platform/realtime/receive.ts'

const PATCHES: Patch[] = [
  { path: 'src/platform/trip.ts', text: null, becomes: TRIP },
  {
    path: SQLITE,
    text: '',
    becomes: "import { fillOnSignal, trip } from '../trip.ts'\n",
  },
  {
    path: SQLITE,
    text: '    failpoint: options.failpoint,\n',
    becomes: '    failpoint: options.failpoint ?? trip,\n',
  },
  {
    path: SQLITE,
    text: '  const writer = openConnection(path)\n',
    becomes: '  const writer = openConnection(path)\n  fillOnSignal(writer)\n',
  },
  {
    path: TRANSACTION,
    text: '',
    becomes: "import { trip } from '../trip.ts'\n",
  },
  {
    // In the middle: COMMIT has been sent, and its answer has not come.
    path: TRANSACTION,
    text: "  const answer = await connection.run('commit')\n",
    becomes: `  trip('before_commit')
  const asked = connection.run('commit')
  trip('mid_group_commit')
  const answer = await asked
`,
  },
  {
    path: BUS,
    text: '',
    becomes: "import { trip } from '../trip.ts'\n",
  },
  {
    path: BUS,
    text: '    deliver: (chatId, rev, frame) => {\n',
    becomes: "    deliver: (chatId, rev, frame) => {\n      trip('after_commit_before_publish')\n",
  },
  {
    path: RECEIVE,
    text: '',
    becomes: "import { trip } from '../trip.ts'\n",
  },
  {
    path: RECEIVE,
    text: '    if (ref !== undefined) desk.say(socket, ackFrame(ref, data))\n',
    becomes: `    if ('message' in data) trip('after_publish_before_ack')
    if (ref !== undefined) desk.say(socket, ackFrame(ref, data))
`,
  },
]

export const plantFailpoints = (): PatchedTree => plant(PATCHES)
