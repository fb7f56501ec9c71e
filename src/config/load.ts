import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listing, nearest, type Setting } from './names.ts'
import { type Config, type Key, type Settings, settings } from './schema.ts'

/** Where settings come from, the strongest first; what is in none of them has its default. */
export interface Sources {
  /** By TOML name: `{ listen: ':8080' }`. */
  flags?: Record<string, string>
  env?: Record<string, string | undefined>
  file?: SettingsFile | null
}

export interface SettingsFile {
  path: string
  text: string
}

export interface Loaded {
  config: Config
  /** Where each value came from, in words: `flag --listen`, `environment PORT`, `default`. */
  origins: Record<Key, string>
  /** Names that nothing reads, most likely mistyped. */
  warnings: string[]
}

/** One or more settings are wrong: a line each, with the name, what is wrong and what would be right. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

interface Given {
  text: string
  origin: string
  /** How to name the setting to the person who wrote it. */
  spelling: string
}

/** Flag before environment before file before default. Throws ConfigError with everything that is wrong. */
export function loadConfig(sources: Sources): Loaded {
  const env = sources.env ?? {}
  const file = flatten(sources.file ?? null)
  const given = new Map<Key, Given>()
  for (const setting of listing) {
    const value =
      fromFlag(setting, sources.flags ?? {}) ??
      fromEnv(setting, env) ??
      fromFile(setting, file, sources.file?.path)
    if (value) given.set(setting.key, value)
  }

  const config = finish(parse(given), given)
  return {
    config,
    origins: origins(given),
    warnings: [...strayNames(env), ...strayKeys(file, sources), ...lostLinks(config)],
  }
}

function fromFlag({ toml, flag }: Setting, flags: Record<string, string>): Given | null {
  const text = flags[toml]
  return text === undefined ? null : { text, origin: `flag --${flag}`, spelling: `--${flag}` }
}

/** Set to nothing is unset: `WARREN_SMTP_URL= warren serve` and empty lines of a compose file mean that. */
function fromEnv({ key, env: name, secret, aliases = [] }: Setting, env: Sources['env'] & {}): Given | null {
  if (env[name]) return { text: env[name], origin: `environment ${name}`, spelling: name }

  const path = secret && env[`${name}_FILE`]
  if (path) return { text: readSecret(name, path), origin: `file ${path}`, spelling: `${name}_FILE` }

  const alias = aliases.find((each) => env[each])
  if (alias) return { text: env[alias] ?? '', origin: `environment ${alias}`, spelling: alias }

  if (key === 'listen' && env.PORT)
    return { text: `:${env.PORT}`, origin: 'environment PORT', spelling: 'PORT' }
  return null
}

function readSecret(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new ConfigError([
      `${name}_FILE names ${path}, which cannot be read (${code}): write a readable file`,
    ])
  }
}

function fromFile({ toml }: Setting, file: Map<string, string>, path = ''): Given | null {
  const text = file.get(toml)
  return text ? { text, origin: `file ${path}`, spelling: toml } : null
}

/** `[smtp] url` is `smtp_url`; numbers, flags and lists are written out as an operator would. */
function flatten(file: SettingsFile | null): Map<string, string> {
  const found = new Map<string, string>()
  const walk = (table: object, prefix: string) => {
    for (const [name, value] of Object.entries(table)) {
      if (Array.isArray(value)) found.set(prefix + name, value.join(','))
      else if (typeof value === 'object' && value !== null) walk(value, `${prefix}${name}_`)
      else found.set(prefix + name, String(value))
    }
  }
  if (file) walk(parseToml(file), '')
  return found
}

function parseToml({ path, text }: SettingsFile): object {
  try {
    return Bun.TOML.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ConfigError([`${path} is not TOML (${why}): compare it with "warren config example"`])
  }
}

function parse(given: Map<Key, Given>): Settings {
  const parsed = settings.safeParse(Object.fromEntries([...given].map(([key, { text }]) => [key, text])))
  if (parsed.success) return parsed.data

  throw new ConfigError(
    parsed.error.issues.map(({ path, message }) => {
      const key = path[0] as Key
      const setting = listing.find((each) => each.key === key)
      const value = given.get(key)
      const shown = setting?.secret ? '' : ` "${value?.text}"`
      return `${value?.spelling ?? key}${shown} ${message}`
    }),
  )
}

/** What one setting means depends on another. */
function finish(parsed: Settings, given: Map<Key, Given>): Config {
  const databaseUrl = parsed.databaseUrl.startsWith('sqlite:$DATA')
    ? `sqlite:${join(parsed.dataDir, parsed.databaseUrl.slice('sqlite:$DATA'.length))}`
    : parsed.databaseUrl
  const isSqlite = databaseUrl.startsWith('sqlite:')

  const problems: string[] = []
  if (isSqlite && parsed.redisUrl !== null) {
    problems.push(
      'WARREN_REDIS_URL is for several nodes, and SQLite serves one: set WARREN_DATABASE_URL=postgres://…, ' +
        'or leave Redis out',
    )
  }
  if (!isSqlite && parsed.secretKey === null) {
    problems.push(
      'WARREN_SECRET_KEY is missing, and every node of a PostgreSQL database needs the same: ' +
        'write what "openssl rand -hex 32" prints, and keep it',
    )
  }
  if (parsed.adminEmail !== null && parsed.adminPasswordFile === null) {
    problems.push(
      `${given.get('adminEmail')?.spelling} needs WARREN_ADMIN_PASSWORD_FILE: write the path of a file`,
    )
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { ...parsed, databaseUrl, autoMigrate: parsed.autoMigrate ?? isSqlite }
}

/** Links in mail are never made from a request's Host, which anybody may forge. */
function lostLinks({ smtpUrl, baseUrl, listen }: Config): string[] {
  if (smtpUrl === null || smtpUrl === 'mailbox:' || baseUrl !== null) return []
  return [`WARREN_BASE_URL is not set: links in mail lead to ${listen}, which others may not reach`]
}

function origins(given: Map<Key, Given>): Record<Key, string> {
  const entries = listing.map(({ key }) => [key, given.get(key)?.origin ?? 'default'])
  return Object.fromEntries(entries) as Record<Key, string>
}

function strayNames(env: Record<string, string | undefined>): string[] {
  const known = listing.flatMap(({ env: name, secret }) => (secret ? [name, `${name}_FILE`] : [name]))
  return Object.keys(env)
    .filter((name) => name.startsWith('WARREN_') && name !== 'WARREN_CONFIG' && !known.includes(name))
    .map((name) => `${name} is set, but nothing reads it${didYouMean(name, known)}`)
}

function strayKeys(file: Map<string, string>, { file: source }: Sources): string[] {
  const known = listing.map(({ toml }) => toml)
  return [...file.keys()]
    .filter((name) => !known.includes(name))
    .map((name) => `${name} is in ${source?.path}, but nothing reads it${didYouMean(name, known)}`)
}

function didYouMean(typed: string, known: readonly string[]): string {
  const name = nearest(typed, known)
  return name ? `: did you mean ${name}?` : ''
}
