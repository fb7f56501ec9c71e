import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { CannotStart } from '../platform/db/failure.ts'
import { listing, nearest } from '../config/names.ts'
import { ConfigError, type Loaded, loadConfig, type SettingsFile } from '../config.ts'
import { type Call, type Command, EXIT, type Exit, Failure, fail, type Io } from './command.ts'
import { COMMANDS } from './registry.ts'

/** The command line from its words to its exit code. Every error ends as one that a person can act on. */
export async function run(argv: readonly string[], io: Io): Promise<Exit> {
  try {
    return await dispatch(argv, io)
  } catch (error) {
    return explain(error, io)
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<Exit> {
  const { name, rest } = find(argv)
  if (name === 'help' || rest.includes('--help') || rest.includes('-h')) {
    const { explainCommand } = await import('./help.ts')
    return explainCommand(name === 'help' ? rest : [name], io)
  }
  const command = await COMMANDS[name]?.load()
  if (!command) return fail(EXIT.failed, `${name} cannot be loaded. This is a bug.`)
  return command.run(read(name, command, rest, io))
}

/** `user create ann@…` is the command `user create` with one word. */
function find(argv: readonly string[]): { name: string; rest: string[] } {
  const [first = 'help', second = ''] = argv
  if (['--help', '-h'].includes(first)) return { name: 'help', rest: [] }
  if (['--version', '-v'].includes(first)) return { name: 'version', rest: argv.slice(1) }
  if (`${first} ${second}` in COMMANDS) return { name: `${first} ${second}`, rest: argv.slice(2) }
  if (first in COMMANDS) return { name: first, rest: argv.slice(1) }

  const names = Object.keys(COMMANDS)
  const family = names.filter((name) => name.startsWith(`${first} `))
  if (family.length > 0 && (second === '' || second.startsWith('-'))) return { name: 'help', rest: [first] }
  const meant = nearest(family.length > 0 ? `${first} ${second}` : first, family.length > 0 ? family : names)
  const typed = family.length > 0 ? `${first} ${second}` : first
  return fail(EXIT.usage, `there is no command "${typed}". ${didYouMean(meant)}See "warren help".`)
}

/** Settings may be given as flags to every command, so that all look at the same node. */
function read(name: string, command: Command, argv: string[], io: Io): Call {
  const settingFlags = listing.flatMap(({ flag }) => (flag ? [[flag, { type: 'string' }] as const] : []))
  const options = {
    ...Object.fromEntries(settingFlags),
    config: { type: 'string' } as const,
    ...command.options,
  }
  const { values, positionals } = parse(name, argv, options)

  const [least, most] = command.words ?? [0, 0]
  if (positionals.length < least || positionals.length > most) {
    fail(EXIT.usage, `this is not how ${name} is used. Write: warren ${name} ${command.usage}`)
  }
  let loaded: Loaded | undefined
  const settings = () => {
    loaded ??= loadSettings(values, io)
    return loaded
  }
  return { words: positionals, options: values, io, settings }
}

type Options = NonNullable<Command['options']>
type Values = Call['options']

function parse(name: string, argv: string[], options: Options): { values: Values; positionals: string[] } {
  const secret = listing.find(
    ({ flag, toml }) => !flag && argv.some((word) => isFlag(word, toml.replaceAll('_', '-'))),
  )
  if (secret) {
    fail(
      EXIT.usage,
      `${secret.toml} is a secret, and arguments can be read by others. Set ${secret.env} or ${secret.env}_FILE.`,
    )
  }
  try {
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true, strict: true })
    return { values: values as Values, positionals }
  } catch (error) {
    const typed = /'(--?[^' =]+)/.exec((error as Error).message)?.[1] ?? ''
    const known = Object.keys(options).map((option) => `--${option}`)
    if ((error as { code?: string }).code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      return fail(EXIT.usage, `${(error as Error).message}. See "warren help ${name}".`)
    }
    return fail(
      EXIT.usage,
      `${name} has no option ${typed}. ${didYouMean(nearest(typed, known))}See "warren help ${name}".`,
    )
  }
}

const isFlag = (word: string, flag: string) => word === `--${flag}` || word.startsWith(`--${flag}=`)

const didYouMean = (meant: string | null) => (meant ? `Did you mean "${meant}"? ` : '')

function loadSettings(values: Values, io: Io): Loaded {
  const flags: Record<string, string> = {}
  for (const { flag, toml } of listing) {
    const value = flag && values[flag]
    if (typeof value === 'string') flags[toml] = value
  }
  const named = values.config ?? (io.env.WARREN_CONFIG || undefined)
  const loaded = loadConfig({ flags, env: io.env, file: readSettingsFile(named) })
  for (const warning of loaded.warnings) io.err(`warning: ${warning}`)
  return loaded
}

const USUAL_FILE = '/etc/warren/config.toml'

/** The usual file may be missing; one that was named may not. */
function readSettingsFile(named: string | boolean | undefined): SettingsFile | null {
  const path = typeof named === 'string' ? named : USUAL_FILE
  try {
    return { path, text: readFileSync(path, 'utf8') }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (typeof named !== 'string' && code === 'ENOENT') return null
    throw new ConfigError([`${path} cannot be read (${code}): name a readable file with --config`])
  }
}

function explain(error: unknown, io: Io): Exit {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) io.err(`error: ${problem} (docs: configure.md)`)
    return EXIT.config
  }
  if (error instanceof Failure || error instanceof CannotStart) {
    io.err(`error: ${error.message}`)
    return error.exit
  }
  io.err(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  io.err('This is a bug in Warren. Please report it with the lines above.')
  return EXIT.failed
}
