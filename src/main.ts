import { run } from './commands/run.ts'
import { terminal } from './commands/terminal.ts'

// The database, its log, the mailbox: whatever is made is for its owner only, in a folder of any mode.
process.umask(0o077)

const io = terminal(process.env)
const exit = await run(process.argv.slice(2), io)

// By `exit`, because a timer or a socket somewhere must not keep a command from ending; after what was said is out.
await io.taken()
process.stderr.write('', () => process.exit(exit))
