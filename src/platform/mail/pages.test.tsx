/** @jsxImportSource hono/jsx */
import { expect, test } from 'bun:test'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { Refusal, STATUS } from '../errors.ts'
import type { Env } from '../http/api.ts'
import { openMailbox } from './mailbox.ts'
import { mailboxPages } from './pages.tsx'

function open(isLocal = true) {
  const dataDir = mkdtempSync(join(tmpdir(), 'warren-mailbox-'))
  const house = new Hono<Env>()
  house.use(async (c, next) => {
    c.set('isLocal', isLocal)
    await next()
  })
  house.onError((error, c) => c.text('', error instanceof Refusal ? STATUS[error.code] : 500))
  house.route(
    '/',
    mailboxPages({
      dataDir,
      words: () => ({ title: 'Ящик', lead: 'Остаётся здесь', none: 'Писем нет', at: (time) => `в ${time}` }),
      frame: (c, title, body) =>
        c.html(
          <html lang="en" title={title}>
            {body}
          </html>,
        ),
    }),
  )
  const get = (path: string, host = 'localhost:8080') => house.request(path, { headers: { host } })
  return { dataDir, get, read: async (path: string) => (await get(path)).text() }
}

test('the mailbox lists what was kept and shows one mail as text, its links as links', async () => {
  const { dataDir, get, read } = open()
  expect(await read('/mailbox')).toMatch(/<h1>Ящик<\/h1><p>Остаётся здесь<\/p><p>Писем нет<\/p>/)
  const id = Bun.randomUUIDv7('hex', Date.parse('2026-11-21T09:41:00.000Z'))
  const text = 'Hello <ann>,\nhttps://chat.example.org/verify-email?token=t&x=1\nbye'
  await openMailbox(dataDir).send(
    { to: 'ann@example.org', subject: '<b>Confirm</b>', text, html: '<script>' },
    id,
  )

  const list = await read('/mailbox')
  const one = await read(`/mailbox/${id}`)

  expect(list).toContain(`href="/mailbox/${id}">&lt;b&gt;Confirm&lt;/b&gt;</a>`)
  for (const page of [list, one])
    expect(page).toContain('<time datetime="2026-11-21T09:41:00.000Z">в 2026-11-21T09:41:00.000Z</time>')
  expect(one).toContain('Hello &lt;ann&gt;')
  expect(one).toContain('href="https://chat.example.org/verify-email?token=t&amp;x=1"')
  expect(one).not.toContain('<script>')
  expect((await get(`/mailbox/${Bun.randomUUIDv7()}`)).status).toBe(404)
  expect((await get('/mailbox/..%2fsecrets')).status).toBe(404)
})

test('to all but those at the machine the mailbox does not exist', async () => {
  const { get } = open(false)

  expect((await get('/mailbox')).status).toBe(404)
  expect((await get(`/mailbox/${Bun.randomUUIDv7()}`)).status).toBe(404)
})

test('a name elsewhere that was given the address of this machine opens no mailbox', async () => {
  const { get } = open()

  expect((await get('/mailbox', 'evil.example')).status).toBe(404)
  expect((await get('/mailbox', 'localhost.evil.example:8080')).status).toBe(404)
  expect((await get('/mailbox', '[::1]:8080')).status).toBe(200)
})
