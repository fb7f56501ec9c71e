import { act } from './admin/ask.ts'
import { type Call, type Command, EXIT, fail } from './command.ts'

export const jobsList: Command = {
  usage: '[--json]',
  example: 'warren jobs list',
  details: [
    'What must not be lost, such as mail: what waits, and what was given up after its last attempt (dead).',
    'At most 1,000, the dead first. What a job carries is sealed and not shown.',
    '--json  [{id, kind, state, attempts, last_error, at}]',
  ],
  options: { json: { type: 'boolean' } },
  async run({ options, io, settings }) {
    const jobs = await act(settings().config, 'list_jobs', {})
    if (options.json) io.out(JSON.stringify(jobs, null, 2))
    else for (const job of jobs) io.out(line(job))
    if (jobs.length === 0) io.err('Nothing waits, and nothing was given up.')
    return EXIT.ok
  },
}

export const jobsReplay: Command = {
  usage: 'ID | --all',
  example: 'warren jobs replay --all',
  details: [
    'Tries what was given up again, from the first attempt: within seconds when a node runs, else when it starts.',
    '--all  All that were given up',
  ],
  options: { all: { type: 'boolean' } },
  words: [0, 1],
  async run(call) {
    const count = await replay(call)
    call.io.err(count === 0 ? 'Nothing was given up.' : `To be tried again: ${count}.`)
    return EXIT.ok
  },
}

async function replay({ words, options, settings }: Call): Promise<number> {
  const [id] = words
  if ((id === undefined) === (options.all !== true)) {
    fail(EXIT.usage, 'this is not how jobs replay is used. Write: warren jobs replay ID | --all')
  }
  if (id === undefined) return act(settings().config, 'replay_jobs', {})
  await act(settings().config, 'replay_job', { id })
  return 1
}

interface Shown {
  id: string
  kind: string
  state: string
  attempts: number
  last_error: string | null
}

/** An error is a stranger's words: what it says must not move the cursor. */
const line = ({ id, kind, state, attempts, last_error: error }: Shown): string =>
  [id, state.padEnd(7), kind, `attempts ${attempts}`, error?.replace(/\p{Cc}+/gu, ' ')]
    .filter((part) => part !== undefined)
    .join('  ')
