import { flagHelp } from '../config/write.ts'
import { type Command, EXIT, type Exit, fail, type Io } from './command.ts'
import { COMMANDS } from './registry.ts'

export const help: Command = {
  usage: '[COMMAND]',
  example: 'warren help user create',
  details: [],
  words: [0, 2],
  run: ({ words, io }) => explainCommand(words, io),
}

/** All commands, those of one noun, or one with its options and an example. */
export async function explainCommand(words: readonly string[], io: Io): Promise<Exit> {
  const asked = words.filter((word) => !word.startsWith('-')).join(' ')
  const listed = COMMANDS[asked]
  if (listed) {
    for (const line of page(asked, listed.summary, await listed.load())) io.out(line)
    return EXIT.ok
  }
  const names = Object.keys(COMMANDS).filter((name) => asked === '' || name.startsWith(`${asked} `))
  if (names.length === 0) fail(EXIT.usage, `there is no command "${asked}". See "warren help".`)

  const width = Math.max(...names.map((name) => name.length))
  if (asked === '') io.out('warren: a team messenger in one executable\n')
  for (const name of names) io.out(`  warren ${name.padEnd(width)}  ${COMMANDS[name]?.summary}`)
  io.out('\n"warren help COMMAND" tells more. Settings: docs/configure.md, or "warren config example".')
  return EXIT.ok
}

const page = (name: string, summary: string, command: Command): string[] => [
  `${summary}.`,
  '',
  `  warren ${name} ${command.usage}`.trimEnd(),
  '',
  ...command.details.map((line) => `  ${line}`),
  ...(command.details.length > 0 ? [''] : []),
  `Example: ${command.example}`,
  '',
  'Settings, for every command:',
  '  --config FILE  Settings file; WARREN_CONFIG, or /etc/warren/config.toml when it is there',
  flagHelp(),
]
