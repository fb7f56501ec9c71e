import type { Loaded } from './load.ts'
import { listing, type Setting } from './names.ts'

/** The settings as texts: what people read about them is made from the schema, and a test holds the files to it. */

const byDefault = ({ fallback, unset }: Setting) => fallback ?? unset ?? 'none'

/** `.env.example`: every name, with its default or an example, commented out. */
export function envExample(): string {
  const settings = listing.map((setting) =>
    [
      `# ${setting.doc}`,
      `# Default: ${byDefault(setting)}.${setting.secret ? ` ${setting.env}_FILE reads it from a file.` : ''}`,
      `#${setting.env}=${setting.fallback ?? setting.example ?? ''}`,
    ].join('\n'),
  )
  return `# Every setting of Warren. None is needed to start; production needs WARREN_BASE_URL.\n\n${settings.join('\n\n')}\n`
}

/** `config example`: a TOML file with every setting commented out. */
export function tomlExample(): string {
  const settings = listing.map((setting) =>
    [
      `# ${setting.doc}`,
      `# Default: ${byDefault(setting)}`,
      `#${setting.toml} = ${JSON.stringify(setting.fallback ?? setting.example ?? '')}`,
    ].join('\n'),
  )
  return `# Settings of Warren: /etc/warren/config.toml, or the file that --config names.\n\n${settings.join('\n\n')}\n`
}

/** The lines of `--help` about settings. Secrets have no flag, so they are not there. */
export function flagHelp(): string {
  const flags = listing.filter(({ flag }) => flag !== null)
  const width = Math.max(...flags.map(({ flag }) => flag?.length ?? 0))
  return flags.map((setting) => `  --${setting.flag?.padEnd(width)}  ${setting.doc}`).join('\n')
}

/** The table of `docs/configure.md`. */
export function docsTable(): string {
  const rows = listing.map((setting) => {
    const flag = setting.flag ? `\`--${setting.flag}\`` : '–'
    const also = (setting.aliases ?? []).map((alias) => ` Also \`${alias}\`.`).join('')
    const shown = setting.fallback ? `\`${setting.fallback}\`` : (setting.unset ?? 'none')
    return `| \`${setting.env}${setting.secret ? '(_FILE)' : ''}\` | \`${setting.toml}\` | ${flag} | ${shown} | ${setting.doc}${also} |`
  })
  return ['| Environment | File | Flag | Default | What it does |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  )
}

/** What `config print` shows: values as parsed, by their TOML name, secrets masked. */
export function shownValues({ config, origins }: Loaded): { name: string; value: unknown; origin: string }[] {
  return listing.map((setting) => ({
    name: setting.toml,
    value: mask(config[setting.key], setting.secret),
    origin: origins[setting.key],
  }))
}

function mask(value: unknown, secret: Setting['secret']): unknown {
  if (typeof value !== 'string' || !secret) return value
  return secret === 'hidden' ? '***' : maskPassword(value)
}

/** Everything that may be a password: also one that rides in the query, or holds an `@` nobody encoded. */
export function maskPassword(url: string): string {
  return url
    .replace(/^([^/]*\/\/[^/:@]*:).*@/, '$1***@')
    .replace(/([?&][^=&]*(?:pass|secret|key|token)[^=&]*=)[^&]*/gi, '$1***')
}
