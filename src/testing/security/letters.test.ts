import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import type { App } from '../../platform/context.ts'
import { runDueJobs } from '../../platform/jobs/worker.ts'
import { accountJobs, forgotPassword, resetPassword } from '../../accounts/index.ts'
import { openTestApp } from '../app.ts'
import { enrol, FROM } from '../cast.ts'
import { freshSqlite } from '../databases.ts'

/** The database as a thief finds it: the file, and what is not yet written back into it. */
const bytesOf = (path: string) =>
  Buffer.concat([path, `${path}-wal`].filter((file) => existsSync(file)).map((file) => readFileSync(file)))

test('a letter that waits, and one that nobody took, are in the database but no link of theirs can be read there (S-07, S-66)', async () => {
  const database = await freshSqlite()
  const here = await openTestApp(Promise.resolve(database))
  const app: App = { ...here.app, config: { ...here.app.config, smtpUrl: 'smtp://mail.example.org' } }
  const ann = await enrol(app, 'ann')
  const sent: string[] = []
  const refuse = async (_: App, letter: unknown) => {
    sent.push((letter as { text: string }).text)
    throw new Error('mailbox full')
  }

  await forgotPassword(app, ann.email, FROM)
  await runDueJobs(app, accountJobs)
  const waiting = bytesOf(database.path)
  await runDueJobs(app, { mail: refuse }, { maxAttempts: 1 })
  const dead = bytesOf(database.path)

  const token = /token=([\w-]{43})/.exec(sent[0] ?? '')?.[1] ?? 'none'
  for (const bytes of [waiting, dead]) {
    expect(bytes.includes('v1.')).toBe(true)
    for (const word of [token, 'reset-password']) expect([word, bytes.includes(word)]).toEqual([word, false])
  }
  // The link was a live one all the while.
  await resetPassword(app, token, 'another long password')
  await here.close()
})
