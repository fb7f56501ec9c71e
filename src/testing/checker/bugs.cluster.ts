import type { Bug } from './bugs.ts'

/** Bugs that only several nodes can have. `found` names what is said of them, also beside the checker's own findings. */
export interface ClusterBug extends Bug {
  /** The row of the fault matrix under which it shows. */
  under: string
}

const MOVES = 'src/platform/realtime/moves.ts'

export const CLUSTER_BUGS: ClusterBug[] = [
  {
    name: 'late unsubscribe',
    under: 'F08',
    patches: [
      {
        path: MOVES,
        text: '      if (move !== null && !move.isIn) applyMove(live, chat, move)\n',
        becomes:
          '      if (move !== null && !move.isIn) setTimeout(() => applyMove(live, chat, move), 700)\n',
      },
    ],
    found: ['unauthorised'],
  },
  {
    name: 'own packet relayed twice',
    under: 'F08',
    patches: [
      // What is our own is heard as if another had said it …
      {
        path: 'src/platform/realtime/relay.redis.ts',
        text: ')) return feel(text)\n',
        becomes: ')) feel(text)\n',
      },
      // … and told again, for the last rev is not known as one that was told.
      {
        path: 'src/platform/realtime/tellHere.ts',
        text: '      if (chat === undefined || rev <= chat.head) return\n',
        becomes:
          '      if (chat === undefined || rev < chat.head) return\n      if (rev === chat.head) return say(chat.topic, told.text)\n',
      },
    ],
    found: ['duplicated'],
  },
  {
    name: 'stale session cache',
    under: 'F06',
    patches: [
      {
        path: 'src/accounts/sessionCache.ts',
        text: '  cache.changes++\n  for (const userId of userIds) cache.users.delete(userId)\n',
        becomes: '',
      },
    ],
    found: ['a session that was ended still stood'],
  },
  {
    name: 'a fill without members',
    under: 'F06',
    patches: [{ path: MOVES, text: '      applyAll(parts, chat, movesOf(changes))\n', becomes: '' }],
    found: ['unauthorised', 'who was removed was still in', 'a new chat was not heard of'],
  },
  {
    // A node that slept between its commit and its word, or a packet that was on its way for long.
    name: 'a late admission opens the topic',
    under: 'F09',
    patches: [
      {
        path: 'src/platform/realtime/tellHere.ts',
        text: 'if (isLate) settle(userId)',
        becomes: 'if (rev < 0) settle(userId)',
      },
    ],
    found: ['unauthorised'],
  },
  {
    name: 'the members of a new chat are looked for only where nobody hears it',
    under: 'F09',
    patches: [
      {
        path: 'src/platform/realtime/chatLook.ts',
        text: '!chats.has(id) || is_young === 1)',
        becomes: '!chats.has(id))',
      },
    ],
    found: ['a first word took'],
  },
  {
    name: 'a lost job',
    under: 'F37',
    patches: [
      {
        path: 'src/platform/jobs/jobs.ts',
        text: '    async enqueue(sql, { payload, ...job }) {\n',
        becomes: '    async enqueue(sql, { payload, ...job }) {\n      if (Math.random() < 0.1) return\n',
      },
    ],
    found: ['letters that never came'],
  },
]
