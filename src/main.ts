import { run } from './commands/run.ts'
import { terminal } from './commands/terminal.ts'

// The database, its log, the mailbox: whatever is made is for its owner only, in a folder of any mode.
process.umask(0o077)

const exit = await run(process.argv.slice(2), terminal(process.env))

// By `exit`, because a timer or a socket somewhere must not keep a command from ending; after what was said is out.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exit)))
