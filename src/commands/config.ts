import { shownValues, tomlExample } from '../config/write.ts'
import { ConfigError } from '../config.ts'
import { type Command, EXIT } from './command.ts'

export const configPrint: Command = {
  usage: '[--origin] [--json]',
  example: 'warren config print --origin',
  details: ['--origin  Say where each value comes from', '--json    As JSON', 'Secrets are masked.'],
  options: { origin: { type: 'boolean' }, json: { type: 'boolean' } },
  async run({ options, io, settings }) {
    const values = shownValues(settings())
    if (options.json) {
      const all = values.map(({ name, value, origin }) => [name, options.origin ? { value, origin } : value])
      io.out(JSON.stringify(Object.fromEntries(all), null, 2))
      return EXIT.ok
    }
    const lines = values.map(({ name, value, origin }) => ({
      text: `${name} = ${JSON.stringify(value)}`,
      origin,
    }))
    const width = Math.max(...lines.map(({ text }) => text.length))
    for (const { text, origin } of lines) io.out(options.origin ? `${text.padEnd(width)}  # ${origin}` : text)
    return EXIT.ok
  },
}

export const configExample: Command = {
  usage: '',
  example: 'warren config example > /etc/warren/config.toml',
  details: [],
  async run({ io }) {
    io.out(tomlExample().trimEnd())
    return EXIT.ok
  },
}

export const configValidate: Command = {
  usage: '[--json]',
  example: 'warren config validate --config ./config.toml',
  details: ['--json  {valid, problems, warnings}', 'Exit code 3 when a setting is wrong.'],
  options: { json: { type: 'boolean' } },
  async run({ options, io, settings }) {
    if (!options.json) {
      settings()
      io.err('Every setting is fine.')
      return EXIT.ok
    }
    const { problems, warnings } = judge(settings)
    io.out(JSON.stringify({ valid: problems.length === 0, problems, warnings }, null, 2))
    return problems.length === 0 ? EXIT.ok : EXIT.config
  },
}

function judge(settings: () => { warnings: string[] }): { problems: readonly string[]; warnings: string[] } {
  try {
    return { problems: [], warnings: settings().warnings }
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems, warnings: [] }
    throw error
  }
}
