import { afterEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshSqlite } from '../../testing/databases.ts'
import { type JobGround, MINUTE, openJobGround, readJobs } from '../../testing/jobGround.ts'
import { startMailServer } from '../../testing/mailServer.ts'
import { replayJob } from '../jobs/open.ts'
import { countDead } from '../jobs/sql.ts'
import { runDueJobs } from '../jobs/worker.ts'
import { mailJobs, openMail, senderOf } from './mail.ts'
import { listMails, readMail } from './mailbox.ts'

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const settings = (smtpUrl: string | null, dataDir = '') => ({
  smtpUrl,
  dataDir,
  smtpFrom: 'Warren <chat@example.org>',
  baseUrl: null,
})

const letter = {
  to: 'ann@example.org',
  subject: 'Confirm your address',
  text: 'https://chat.example.org/verify#t',
}

async function start() {
  const ground: JobGround = openJobGround(await freshSqlite())
  open.push(() => ground.close())
  const server = await startMailServer()
  open.push(() => server.close())
  const handlers = mailJobs(settings(server.url))
  const run = (options = {}) => runDueJobs(ground.app, handlers, { backoffMs: () => MINUTE, ...options })
  return { ...ground, server, handlers, run, write: () => ground.enqueue({ kind: 'mail', payload: letter }) }
}

describe('mail by SMTP', () => {
  test('a letter arrives with its sender, receiver, subject and both texts', async () => {
    const { server, run, enqueue } = await start()
    await enqueue({ kind: 'mail', payload: { ...letter, subject: 'Привет, ann', html: '<b>hello</b>' } })

    await run()

    expect(server.received).toHaveLength(1)
    const [mail] = server.received
    expect([mail?.from, mail?.to]).toEqual(['chat@example.org', ['ann@example.org']])
    expect(mail?.source).toContain('Subject: =?UTF-8?')
    expect(mail?.source).toContain('https://chat.example.org/verify#t')
    expect(mail?.source).toContain('<b>hello</b>')
  })

  test('a name, a comma or a line break in the address reaches nobody else (S-29)', async () => {
    const { server, run, enqueue } = await start()
    await enqueue({ kind: 'mail', payload: { ...letter, to: 'ann@example.org, bo@example.org' } })
    await enqueue({ kind: 'mail', payload: { ...letter, to: 'ann@example.org\r\nBcc: bo@example.org' } })
    await enqueue({ kind: 'mail', payload: { ...letter, subject: 'hi\r\nBcc: bo@example.org' } })

    await run({ maxAttempts: 1 })

    expect(server.received.flatMap(({ to }) => to)).not.toContain('bo@example.org')
    expect(server.received.at(-1)?.source).not.toMatch(/^Bcc:/m)
  })

  test.each(['refuse', 'tempfail', 'dropAfterData', 'reject'] as const)(
    'a server that answers with %s is tried again, and gets the letter when it is well',
    async (mode) => {
      const { app, time, server, run, write } = await start()
      server.mode = mode
      await write()

      await run()
      expect(await readJobs(app)).toMatchObject([{ attempts: 1, done_at: null }])
      server.mode = 'accept'
      time.now += MINUTE
      await run()

      expect(await readJobs(app)).toMatchObject([{ attempts: 2, last_error: null }])
      expect(server.received.length).toBe(mode === 'dropAfterData' ? 2 : 1)
    },
  )

  test('a letter that arrives twice says so by its Message-ID (C14)', async () => {
    const { app, time, server, run, write } = await start()
    server.mode = 'dropAfterData'
    await write()
    await run()
    server.mode = 'accept'
    time.now += MINUTE

    await run()

    const ids = server.received.map(({ source }) => /^Message-ID: (.*)$/im.exec(source)?.[1]?.trim())
    expect(ids).toEqual(Array(2).fill(`<${(await readJobs(app))[0]?.id}@example.org>`))
  })

  test('a server that takes the connection and says nothing holds a letter up, no longer than its time', async () => {
    const { app, server, run, write } = await start()
    server.mode = 'hang'
    await write()

    await run({ timeLimitMs: 30 })

    expect(await readJobs(app)).toMatchObject([{ attempts: 1, done_at: null }])
  })

  test('a letter nobody takes is dead after its attempts, with the reason, and can be replayed', async () => {
    const { app, time, server, run, write } = await start()
    server.mode = 'tempfail'
    await write()
    for (let i = 0; i < 4; i++) {
      await run({ maxAttempts: 3 })
      time.now += MINUTE
    }
    const [dead] = await readJobs(app)

    expect(dead).toMatchObject({ attempts: 3, last_error: expect.stringContaining('421') })
    expect(await countDead(app.db.read)).toBe(1)
    server.mode = 'accept'
    await replayJob(app, dead?.id ?? '')
    await run()
    expect(server.received).toHaveLength(1)
  })

  test('a write that enqueues a letter does not wait for the mail server (C14)', async () => {
    const { app, server, handlers, work, write } = await start()
    server.mode = 'hang'
    work(handlers, { concurrency: 1 })
    await write()
    await server.connected

    for (let i = 0; i < 20; i++) await write()

    expect(await readJobs(app)).toHaveLength(21)
    expect((await readJobs(app)).filter(({ done_at }) => done_at !== null)).toHaveLength(0)
  })
})

describe('mail in a folder', () => {
  const folder = () => mkdtempSync(join(tmpdir(), 'warren-mailbox-'))

  test('every letter is kept, newest first, for its owner only', async () => {
    const dataDir = folder()
    const mail = await openMail(settings('mailbox:', dataDir))
    const [first, second] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()]

    await mail.send(letter, first)
    await mail.send({ ...letter, to: 'bo@example.org' }, second)

    expect((await listMails(dataDir)).map(({ id, to }) => [id, to])).toEqual([
      [second, 'bo@example.org'],
      [first, 'ann@example.org'],
    ])
    expect(await readMail(dataDir, first)).toEqual({ ...letter, id: first })
    expect(statSync(join(dataDir, 'mailbox', `${first}.json`)).mode & 0o777).toBe(0o600)
  })

  test('one that is sent twice is kept once, and no draft stays behind', async () => {
    const dataDir = folder()
    const mail = await openMail(settings('mailbox:', dataDir))
    const id = Bun.randomUUIDv7()

    await mail.send(letter, id)
    await mail.send(letter, id)

    expect(readdirSync(join(dataDir, 'mailbox'))).toEqual([`${id}.json`])
  })

  test('nothing outside of the folder can be read', async () => {
    expect(await readMail(folder(), '../secrets')).toBeNull()
    expect(await readMail(folder(), Bun.randomUUIDv7())).toBeNull()
    expect(await listMails(folder())).toEqual([])
  })
})

test('without a setting mail is off, and the worker has no such job', async () => {
  expect((await openMail(settings(null))).enabled).toBe(false)
  expect(mailJobs(settings(null))).toEqual({})
})

test('the sender is the one that was set, else nobody at the host of the base URL', () => {
  expect(senderOf({ smtpFrom: 'chat@example.org', baseUrl: null })).toBe('chat@example.org')
  expect(senderOf({ smtpFrom: null, baseUrl: 'https://chat.example.org' })).toBe(
    'Warren <no-reply@chat.example.org>',
  )
})
