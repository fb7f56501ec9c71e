import { renameSync, rmSync } from 'node:fs'
import { isUuid } from '../platform/ids.ts'
import { type Call, type Command, EXIT, type Exit, fail, option } from './command.ts'
import { type Exported, exportRows, type Scope } from './keeping/exportRows.ts'
import { openSource } from './keeping/installation.ts'
import { inWords } from './keeping/inWords.ts'

export const exportJsonl: Command = {
  usage: '[--chat ID] [--since DATE] [-o FILE]',
  example: 'warren export jsonl --since 2026-11-01 -o november.jsonl',
  details: [
    '--chat ID     Only this chat, and who is or was in it',
    '--since DATE  Only messages from then on: 2026-11-01, or 2026-11-01T12:00:00Z',
    '-o FILE       Where to; standard output when it is not given',
    'People, chats, members and messages of one moment, a line of JSON each (docs/operate/export.md). Nodes go on.',
  ],
  options: {
    chat: { type: 'string' },
    since: { type: 'string' },
    out: { type: 'string', short: 'o' },
  },
  async run(call): Promise<Exit> {
    const scope = scopeOf(call)
    const source = await openSource(call.settings().config)
    try {
      const count = await inWords(() => write(call, exportRows(source, scope)))
      call.io.err(`${count} lines.`)
    } finally {
      await source.close()
    }
    return EXIT.ok
  },
}

function scopeOf(call: Call): Scope {
  const chat = option(call, 'chat')
  if (chat !== undefined && !isUuid(chat))
    fail(EXIT.usage, `"${chat}" is no id of a chat. It stands in its address.`)
  const since = option(call, 'since')
  const at = since === undefined ? undefined : Date.parse(since)
  if (Number.isNaN(at)) fail(EXIT.usage, `"${since}" is no date. Write 2026-11-01.`)
  return { chat: chat?.toLowerCase(), since: at }
}

async function write(call: Call, batches: AsyncIterable<Exported[]>): Promise<number> {
  const file = option(call, 'out')
  return file === undefined ? toOutput(call, batches) : toFile(file, batches)
}

async function toOutput({ io }: Call, batches: AsyncIterable<Exported[]>): Promise<number> {
  let count = 0
  for await (const batch of batches) {
    if (batch.length > 0) io.out(linesOf(batch))
    count += batch.length
    await io.taken()
  }
  return count
}

/** Whole under its name, or not there. */
async function toFile(file: string, batches: AsyncIterable<Exported[]>): Promise<number> {
  const partial = `${file}.partial`
  rmSync(partial, { force: true })
  const sink = Bun.file(partial).writer()
  let count = 0
  for await (const batch of batches) {
    if (batch.length > 0) sink.write(`${linesOf(batch)}\n`)
    count += batch.length
    await sink.flush()
  }
  await sink.end()
  renameSync(partial, file)
  return count
}

const linesOf = (batch: Exported[]): string => batch.map((one) => JSON.stringify(one)).join('\n')
