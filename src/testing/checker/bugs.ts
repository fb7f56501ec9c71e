import type { Patch } from './tree.ts'

/** Bugs that the checker must find, each planted into a copy of the tree by its text. */

export interface Bug {
  name: string
  patches: Patch[]
  /** What the checker calls it: one of these has to be found. */
  found: string[]
}

const SEND = 'src/messages/send.ts'
const STORE = 'src/messages/store.ts'

const ANSWER = `  const sent = await app.db.writeJointly(storeSayings, { clock, userId, draft, rendered }, chatId)
`
/** The write's answer before its commit. */
const ANSWER_EARLY = `  const sent = await new Promise<Stored>((resolve, reject) => {
    app.db
      .write(
        async (sql) => {
          const [early] = await storeSayings(sql, [{ clock, userId, draft, rendered }])
          if (early === undefined || 'code' in early) throw early
          resolve(early)
        },
        { turn: chatId },
      )
      .catch(reject)
  })
`

const STORE_ONE = 'async function store(tail: Tail, { clock, userId, draft, rendered }: Saying)'
const RETURN_STORED = `  return { message, created: true, hearing: unheard ?`

export const BUGS: Bug[] = [
  {
    name: 'ack before commit',
    patches: [{ path: SEND, text: ANSWER, becomes: ANSWER_EARLY }],
    found: ['lost', 'phantom'],
  },
  {
    name: 'publish before commit',
    patches: [
      {
        path: SEND,
        text: '    announceMessage(app, userId, sent.message)\n',
        becomes: '',
      },
      {
        path: SEND,
        text: '{ clock, userId, draft, rendered }',
        becomes: '{ clock, userId, draft, rendered, app }',
      },
      {
        path: STORE,
        text: "import { type Draft, originalHash } from './draft.ts'\n",
        becomes:
          "import { announceMessage } from './announce.ts'\nimport { type Draft, originalHash } from './draft.ts'\n",
      },
      {
        path: STORE,
        text: STORE_ONE,
        becomes: STORE_ONE.replace('rendered }: Saying', 'rendered, app }: any'),
      },
      {
        path: STORE,
        text: RETURN_STORED,
        becomes: `  announceMessage(app, userId, message)\n${RETURN_STORED}`,
      },
    ],
    found: ['phantom'],
  },
  {
    name: 'dropped publish at the tail',
    patches: [
      {
        path: 'src/platform/realtime/moves.ts',
        text: '      say(chat.topic, text)\n      // Who leaves',
        becomes: "      if (!text.includes('last words')) say(chat.topic, text)\n      // Who leaves",
      },
    ],
    found: ['late'],
  },
  {
    name: 'no membership check',
    patches: [
      {
        path: STORE,
        text: '  seat !== undefined && seat.joined_at !== null && seat.left_at === null\n',
        becomes: '  seat !== undefined\n',
      },
    ],
    found: ['unauthorised'],
  },
  {
    name: 'seq taken outside the lock',
    patches: [
      {
        path: SEND,
        text: ANSWER,
        becomes: `  const [head] = await app.db.read<{ last_seq: number }>\`select last_seq from chats where id = \${chatId}\`
  await new Promise((resolve) => setTimeout(resolve, 1))
  const seen = { clock, userId, draft, rendered, lastSeq: head?.last_seq ?? 0 }
  const sent = await app.db.writeJointly(storeSayings, seen, chatId)
`,
      },
      {
        path: STORE,
        text: STORE_ONE,
        becomes: STORE_ONE.replace('rendered }: Saying', 'rendered, lastSeq }: any'),
      },
      {
        path: STORE,
        text: 'appendAfter(sql, tail.head, {',
        becomes: 'appendAfter(sql, { seq: lastSeq, rev: tail.head.rev }, {',
      },
      // Else the database itself would refuse the second one.
      {
        path: 'migrations/0003_messages.sql',
        text: 'primary key (chat_id, seq),\n  unique (chat_id, sender_id, client_id)',
        becomes: 'primary key (chat_id, id),\n  unique (chat_id, sender_id, client_id)',
      },
    ],
    found: ['order'],
  },
  {
    name: 'a repeat makes a second row',
    patches: [
      {
        path: STORE,
        text: '  if (first !== undefined) return repeat(',
        becomes: '  if (first?.seq === -1) return repeat(',
      },
      {
        path: STORE,
        text: '    client_id: draft.clientId,\n',
        becomes: '    client_id: first === undefined ? draft.clientId : crypto.randomUUID(),\n',
      },
    ],
    found: ['duplicated'],
  },
  {
    name: 'a removed member keeps the topic',
    patches: [
      {
        path: 'src/platform/realtime/moves.ts',
        text: '      if (move !== null && !move.isIn) applyMove(live, chat, move)\n',
        becomes: '',
      },
    ],
    found: ['unauthorised'],
  },
  {
    name: 'a digest of nothing',
    patches: [
      {
        path: 'src/platform/realtime/live.ts',
        text: '  for (const chat of user.chats) sum += chat.head\n',
        becomes: '',
      },
    ],
    found: ['diverged'],
  },
]

/** Every 25th commit fails, as on a full disk: correct code refuses the batch, and its clients ask again. */
export const FAILING_COMMITS: Patch[] = [
  {
    path: 'src/platform/db/sqlite.group.ts',
    text: "    state.options.failpoint?.('before_commit')\n",
    becomes: '    failSometimes()\n',
  },
  {
    path: 'src/platform/db/sqlite.group.ts',
    text: 'const DONE = Promise.resolve()\n',
    becomes: `const DONE = Promise.resolve()
let commits = 0
function failSometimes(): void {
  if (++commits > 60 && commits % 25 === 0) throw Object.assign(new Error('planted'), { code: 'SQLITE_FULL' })
}
`,
  },
]
