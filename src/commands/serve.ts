import { isText } from '../platform/log.ts'
import { VERSION } from '../platform/version.ts'
import type { Config } from '../config.ts'
import { type Command, EXIT, type Exit, type Io } from './command.ts'
import { makeDataDir } from './database.ts'

export const serve: Command = {
  usage: '[--check] [--listen HOST:PORT]',
  example: 'warren serve --listen :8080',
  details: [
    '--check  Say whether it would start, and do not start',
    'SIGTERM and SIGINT end it within 30 s: what was begun is finished. A second one ends it at once.',
    'With WARREN_ADMIN_EMAIL and WARREN_ADMIN_PASSWORD_FILE it makes the first account, if there is none.',
  ],
  options: { check: { type: 'boolean' } },
  async run({ options, io, settings }) {
    const { config } = settings()
    if (options.check) return check(config, io)

    makeDataDir(config)
    if (config.adminEmail !== null) await (await import('./firstAdmin.ts')).makeFirstAdmin(config, io)
    const { startNode } = await import('../node.ts')
    const node = await startNode(config)
    const ended = waitForEnd(node, io)
    announce(config, node, io)
    return ended
  },
}

export interface RunningNode {
  url: string
  /** Null once there is an account. */
  setupToken: string | null
  stop(reason: string): Promise<void>
}

async function check(config: Config, io: Io): Promise<Exit> {
  const { checkDatabase } = await import('./doctor/database.ts')
  const { checkFolder } = await import('./doctor/folder.ts')
  const wrong = [...checkFolder(config), ...(await checkDatabase(config))].filter(
    ({ state }) => state === 'fail',
  )
  for (const { check: name, reason, fix } of wrong) io.err(`error: ${name}: ${reason}. ${fix}.`)
  if (wrong.some(({ check: name }) => name === 'migrations')) return EXIT.migration
  if (wrong.length > 0) return EXIT.dependency
  io.err('It would start.')
  return EXIT.ok
}

/** For a person as sentences; for whatever collects logs as lines of JSON like all others. */
function announce({ logFormat }: Config, { url, setupToken }: RunningNode, io: Io): void {
  const lines: [string, object][] = [[`Warren ${VERSION} is at ${url}`, { url }]]
  if (setupToken !== null) {
    const setupUrl = setupLink(url, setupToken)
    lines.push([`There is no account yet. Make the first one at ${setupUrl}`, { setup_url: setupUrl }])
    lines.push([
      `The setup token, for a browser on another machine: ${setupToken}`,
      { setup_token: setupToken },
    ])
  }
  const time = new Date().toISOString()
  const told = lines.map(([msg, fields]) =>
    isText(logFormat) ? msg : JSON.stringify({ level: 'info', time, ...fields, msg }),
  )
  io.out(told.join('\n'))
}

/** Where the first account is made; the token is asked for there when the link is opened without it. */
export const setupLink = (url: string, token: string): string =>
  `${url}/setup?setup_token=${encodeURIComponent(token)}`

/** The drain may take 30 s; what hangs longer is ended, and everything acknowledged is on disk already. */
const LAST_RESORT_MS = 35_000

function waitForEnd(node: RunningNode, io: Io): Promise<Exit> {
  return new Promise((resolve) => {
    let stopping = false
    const onSignal = (signal: NodeJS.Signals) => {
      if (stopping) process.exit(EXIT.ok)
      stopping = true
      io.err(`${signal}: finishing what was begun. Once more ends it at once.`)
      setTimeout(() => process.exit(EXIT.failed), LAST_RESORT_MS).unref()
      node.stop(signal).then(
        () => resolve(EXIT.ok),
        (error: unknown) => {
          io.err(`error: stopping failed: ${error instanceof Error ? error.stack : String(error)}`)
          resolve(EXIT.failed)
        },
      )
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}
