import { describe, expect, test } from 'bun:test'
import { openAdminSocket } from '../platform/adminSocket.ts'
import type { App } from '../platform/context.ts'
import { runDueJobs } from '../platform/jobs/worker.ts'
import { loadConfig } from '../config.ts'
import { carryOut } from './admin/actions.ts'
import { withoutNode } from './admin/offline.ts'
import { type CommandLine, openCommandLine } from './commandLine.ts'

const configOf = ({ dataDir }: CommandLine) =>
  loadConfig({ env: { WARREN_DATA_DIR: dataDir, WARREN_SMTP_URL: 'mailbox:' } }).config

/** Two mails that nobody took, and one that waits. */
async function leaveJobs(app: App): Promise<void> {
  const enqueue = (kind: string) =>
    app.db.write((sql) => app.jobs.enqueue(sql, { kind, payload: { link: 'a-secret-link' } }))
  await enqueue('mail')
  await enqueue('mail')
  const off = () => Promise.reject(new Error('550 go \u001b[2Jaway'))
  await runDueJobs(app, { mail: off }, { maxAttempts: 1 })
  await enqueue('mail')
}

interface Listed {
  id: string
  state: string
}

const list = async ({ warren }: CommandLine): Promise<Listed[]> =>
  JSON.parse((await warren('jobs list --json')).out)
const statesOf = async (line: CommandLine) => (await list(line)).map(({ state }) => state)

describe('jobs by the command line, without a node', () => {
  test('an empty folder has none, and nothing to replay', async () => {
    const { warren } = openCommandLine()

    expect(await warren('jobs list')).toEqual({
      exit: 0,
      out: '',
      err: 'Nothing waits, and nothing was given up.',
    })
    expect(await warren('jobs replay --all')).toEqual({ exit: 0, out: '', err: 'Nothing was given up.' })
  })

  test('the list says what was given up and why, and never what it carries (C14)', async () => {
    const line = openCommandLine()
    await withoutNode(configOf(line), leaveJobs)

    const { exit, out, err } = await line.warren('jobs list')
    const jobs = await list(line)

    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    expect(out.split('\n')).toEqual([
      `${jobs[0]?.id}  dead     mail  attempts 1  550 go  [2Jaway`,
      `${jobs[1]?.id}  dead     mail  attempts 1  550 go  [2Jaway`,
      `${jobs[2]?.id}  waiting  mail  attempts 0`,
    ])
    for (const job of jobs) {
      expect(Object.keys(job)).toEqual(['id', 'kind', 'state', 'attempts', 'last_error', 'at'])
    }
  })

  test('one is replayed by its id, once; then all the others; and they run', async () => {
    const line = openCommandLine()
    await withoutNode(configOf(line), leaveJobs)
    const [first] = await list(line)

    const one = await line.warren(`jobs replay ${first?.id}`)
    const again = await line.warren(`jobs replay ${first?.id}`)
    const states = await statesOf(line)
    const all = await line.warren('jobs replay --all')

    expect(one).toEqual({ exit: 0, out: '', err: 'To be tried again: 1.' })
    expect(again).toMatchObject({ exit: 1, err: expect.stringContaining('See "warren jobs list"') })
    expect(states.toSorted()).toEqual(['dead', 'waiting', 'waiting'])
    expect(all).toEqual({ exit: 0, out: '', err: 'To be tried again: 1.' })
    const sent: unknown[] = []
    await withoutNode(configOf(line), (app) =>
      runDueJobs(app, { mail: async (_, payload) => void sent.push(payload) }),
    )
    expect(sent).toEqual(Array(3).fill({ link: 'a-secret-link' }))
  })

  test('doctor counts what was given up, and names the way to it', async () => {
    const line = openCommandLine()
    await withoutNode(configOf(line), leaveJobs)

    const { out } = await line.warren('doctor --json --listen 127.0.0.1:0')

    expect(JSON.parse(out).findings).toContainEqual({
      check: 'jobs',
      state: 'warn',
      reason: expect.stringContaining('2 were given up'),
      fix: expect.stringContaining('"warren jobs replay --all"'),
    })
  })
})

test('with a node it is the node that lists and replays', async () => {
  const line = openCommandLine()

  await withoutNode(configOf(line), async (app) => {
    await leaveJobs(app)
    const asked: string[] = []
    const obey = (action: string, input: unknown) => {
      asked.push(action)
      return carryOut(app, action, input)
    }
    const socket = openAdminSocket(line.dataDir, obey, app.log)
    const before = await statesOf(line)
    const { exit } = await line.warren('jobs replay --all')
    const after = await statesOf(line)
    await socket?.close()

    expect(asked).toEqual(['list_jobs', 'replay_jobs', 'list_jobs'])
    expect([before, exit, after]).toEqual([['dead', 'dead', 'waiting'], 0, ['waiting', 'waiting', 'waiting']])
  })
})
