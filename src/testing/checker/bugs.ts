import type { Patch } from './tree.ts'

/** Bugs that the checker must find, each planted into a copy of the tree by its text. */

export interface Bug {
  name: string
  patches: Patch[]
  /** What the checker calls it: one of these has to be found. */
  found: string[]
}

const SEND = 'src/messages/send.ts'

/** The write's answer before its commit. */
const ANSWER_EARLY = `  const sent = await new Promise<Stored>((resolve, reject) => {
    app.db
      .write(
        async (sql) => {
          const early = await store(app, sql, { userId, draft, rendered })
          resolve(early)
          return early
        },
        { turn: chatId },
      )
      .catch(reject)
  })
`
const ANSWER = `  const sent = await app.db.write((sql) => store(app, sql, { userId, draft, rendered }), {
    turn: chatId,
  })
`

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
        text: '      tell(chat.topic, frame)\n      // Who leaves',
        becomes:
          "      if (!JSON.stringify(frame).includes('last words')) tell(chat.topic, frame)\n      // Who leaves",
      },
    ],
    found: ['late'],
  },
  {
    name: 'no membership check',
    patches: [
      {
        path: SEND,
        text: '  desk !== undefined && desk.joined_at !== null && desk.left_at === null\n',
        becomes: '  desk !== undefined\n',
      },
    ],
    found: ['unauthorised'],
  },
  {
    name: 'seq taken outside the lock',
    patches: [
      {
        path: SEND,
        text: '  const sent = await app.db.write((sql) => store(app, sql, { userId, draft, rendered }), {\n',
        becomes: `  const [head] = await app.db.read<{ last_seq: number }>\`select last_seq from chats where id = \${chatId}\`
  await new Promise((resolve) => setTimeout(resolve, 1))
  const seen = { userId, draft, rendered, lastSeq: head?.last_seq ?? 0 }
  const sent = await app.db.write((sql) => store(app, sql, seen), {
`,
      },
      {
        path: SEND,
        text: 'async function store(app: App, sql: Sql, { userId, draft, rendered }: Saying)',
        becomes:
          'async function store(app: App, sql: Sql, { userId, draft, rendered, lastSeq }: Saying & { lastSeq: number })',
      },
      {
        path: SEND,
        text: '{ seq: desk.last_seq, rev: desk.rev }',
        becomes: '{ seq: lastSeq, rev: desk.rev }',
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
        path: SEND,
        text: '  if (desk.first_seq !== null) return repeat(',
        becomes: '  if (desk.first_seq === -1) return repeat(',
      },
      {
        path: SEND,
        text: '      client_id: clientId,\n',
        becomes: '      client_id: desk.first_seq === null ? clientId : crypto.randomUUID(),\n',
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
