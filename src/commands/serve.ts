import { isText } from '../platform/log.ts'
import { VERSION } from '../platform/version.ts'
import { type Config, listenTrouble, parseListen } from '../config.ts'
import { type Command, EXIT, type Exit, fail, type Io } from './command.ts'
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
    const door = parseListen(config.listen)
    if ('unix' in door) await (await import('./deadSocket.ts')).removeDeadSocket(door.unix)
    const { startNode } = await import('../node.ts')
    const node = await startNode(config).catch((error: unknown) => explainListening(config, error))
    const ended = waitForEnd(config, node, io)
    announce(config, node, io)
    return ended
  },
}

export interface RunningNode {
  url: string
  /** Where operators are answered, null when nobody said where. */
  opsUrl: string | null
  /** Null once there is an account. */
  setupToken: string | null
  stop(reason: string): Promise<void>
}

/** What the operator can mend is told without a stack. */
function explainListening({ listen }: Config, error: unknown): never {
  const { code, syscall } = (error ?? {}) as { code?: string; syscall?: string }
  const trouble = syscall === 'listen' ? listenTrouble(listen, code) : null
  if (trouble === null) throw error
  return fail(EXIT.dependency, `${trouble.reason}: ${trouble.fix}.`)
}

async function check(config: Config, io: Io): Promise<Exit> {
  const { checkAddress } = await import('./doctor/address.ts')
  const { checkDatabase } = await import('./doctor/database.ts')
  const { checkFolder } = await import('./doctor/folder.ts')
  const { checkOperators } = await import('./doctor/operators.ts')
  const findings = [
    ...checkFolder(config),
    ...(await checkDatabase(config)),
    await checkAddress(config),
    ...(await checkOperators(config)),
  ]
  const wrong = findings.filter(({ state }) => state === 'fail')
  for (const { check: name, reason, fix } of wrong) io.err(`error: ${name}: ${reason}. ${fix}.`)
  if (wrong.some(({ check: name }) => name === 'migrations')) return EXIT.migration
  if (wrong.length > 0) return EXIT.dependency
  io.err('It would start.')
  return EXIT.ok
}

/** Each thing once: for a person as sentences, for whatever collects logs as lines of JSON like all others. */
function announce({ logFormat }: Config, node: RunningNode, io: Io): void {
  io.out((isText(logFormat) ? toSentences(node) : toLogLines(node)).join('\n'))
}

function toSentences({ url, opsUrl, setupToken }: RunningNode): string[] {
  const here = [`Warren ${VERSION} is at ${url}`]
  if (opsUrl !== null) here.push(`Operators are answered at ${opsUrl}`)
  if (setupToken === null) return here
  return [
    ...here,
    `There is no account yet. Make the first one at ${setupLink(url, setupToken)}`,
    `The setup token, for a browser on another machine: ${setupToken}`,
  ]
}

function toLogLines({ url, opsUrl, setupToken }: RunningNode): string[] {
  const time = new Date().toISOString()
  const line = (fields: object, msg: string) => JSON.stringify({ level: 'info', time, ...fields, msg })
  const ops = opsUrl === null ? {} : { ops_url: opsUrl }
  const here = line({ version: VERSION, url, ...ops }, 'listening')
  if (setupToken === null) return [here]
  const setup = { setup_url: setupLink(url, setupToken), setup_token: setupToken }
  return [here, line(setup, 'there is no account yet: make the first one at setup_url')]
}

/** Where the first account is made; the token is asked for there when the link is opened without it. */
export const setupLink = (url: string, token: string): string =>
  `${url}/setup?setup_token=${encodeURIComponent(token)}`

/** The drain may take 30 s; what hangs longer is ended, and everything acknowledged is on disk already. */
const LAST_RESORT_MS = 35_000

/** The node logs by itself that it stops; a person is also told what a second signal does. */
function waitForEnd({ logFormat }: Config, node: RunningNode, io: Io): Promise<Exit> {
  return new Promise((resolve) => {
    let stopping = false
    const onSignal = (signal: NodeJS.Signals) => {
      if (stopping) process.exit(EXIT.ok)
      stopping = true
      if (isText(logFormat)) io.err(`${signal}: finishing what was begun. Once more ends it at once.`)
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
