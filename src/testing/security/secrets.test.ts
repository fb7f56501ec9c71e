import { afterAll, beforeAll, expect, test } from 'bun:test'
import { lstatSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askerAt } from '../node.ts'
import { openSocketClient } from '../socket.ts'
import { openVisitor } from '../visitor.ts'

// What a node says and keeps while it is used: nothing by which one could become somebody, or read them (S-49, S-66).

const MAIN = join(import.meta.dir, '../../main.ts')
const WORDS = { password: 'canary password 1', wrong: 'canary wrong 2', content: 'canary content 3' }
const EMAIL = 'canary.ann@example.org'

let folder: string
let child: ReturnType<typeof begin>
let said = ''
let url = ''
const tokens: string[] = []

const begin = () =>
  Bun.spawn([process.execPath, MAIN, 'serve'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      WARREN_LISTEN: '127.0.0.1:0',
      WARREN_LOG_LEVEL: 'debug',
      WARREN_LOG_FORMAT: 'json',
      WARREN_SMTP_URL: 'smtp://canary:smtp-password-4@127.0.0.1:9',
      WARREN_BASE_URL: '',
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'warren-secrets-'))
  child = begin()
  const up = Promise.withResolvers<string>()
  const listen = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      said += text
      const at = /(http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1]
      if (at !== undefined) up.resolve(at)
    }
  }
  void listen(child.stdout)
  void listen(child.stderr)
  void child.exited.then(() => up.reject(new Error(`it ended: ${said}`)))
  url = await up.promise
  await live()
  child.kill('SIGTERM')
  await child.exited
}, 60_000)
afterAll(() => child.kill('SIGKILL'))

/** A day in the life: everything that carries a secret is sent once, right and wrong. */
async function live(): Promise<void> {
  const stranger = askerAt(url)
  const account = { email: EMAIL, username: 'ann', password: WORDS.password }
  await stranger.post('/api/auth/register', account)
  await stranger.post('/api/auth/login', { email: EMAIL, password: WORDS.wrong })
  const { body } = await stranger.post('/api/auth/login', { email: EMAIL, password: WORDS.password })
  tokens.push(body.access_token, body.refresh_token)
  const ann = askerAt(url, { authorization: `Bearer ${body.access_token}` })
  const { ticket } = (await ann.post('/api/auth/ws-ticket')).body
  const { invite } = (await ann.post('/api/invites', {})).body
  tokens.push(ticket, invite.code)
  const chat = (await ann.post('/api/chats', { kind: 'group', name: 'Tea' })).body.chat.id
  await ann.post(`/api/chats/${chat}/messages`, { client_id: crypto.randomUUID(), content: WORDS.content })
  const ws = `${url.replace('http', 'ws')}/ws`
  for (const address of [
    `${ws}?token=${body.access_token}`,
    `${ws}/${body.access_token}`,
    `${ws}?ticket=${ticket}`,
  ])
    (await openSocketClient(address)).close()
  await fetch(`${url}/ws/${body.access_token}x`, { headers: { upgrade: 'websocket' } })
  await fetch(`${url}/ws?ticket=${ticket}`, { headers: { upgrade: 'websocket' } })
  await stranger.post('/api/auth/forgot-password', { email: EMAIL })
  const browser = openVisitor(url)
  await browser.post('/login', { email: EMAIL, password: WORDS.password })
  tokens.push(...[...browser.cookies.values()].filter((value) => value.length > 40))
  await browser.get(`/reset-password?token=${invite.code}`)
  await stranger.post('/api/auth/refresh', { refresh_token: body.refresh_token })
}

test('nothing that was sent is in the log, at its most talkative (S-49, S-66)', () => {
  expect(tokens.filter((token) => token.length > 20).length).toBeGreaterThanOrEqual(6)
  for (const secret of [...tokens, ...Object.values(WORDS), EMAIL, 'smtp-password-4'])
    expect([secret, said.includes(secret)]).toEqual([secret, false])
  expect(said).not.toContain(
    readFileSync(join(folder, 'data/secrets.toml'), 'utf8').match(/[0-9a-f]{64}/)?.[0],
  )
})

test('all that a node keeps is its owner’s alone, and holds no token or password as it was sent (S-03, S-07, S-49)', () => {
  const data = join(folder, 'data')
  const files = readdirSync(data, { recursive: true }).map((name) => join(data, String(name)))

  expect(statSync(data).mode & 0o777).toBe(0o700)
  for (const path of files) {
    expect([path, lstatSync(path).mode & 0o077]).toEqual([path, 0])
    if (!lstatSync(path).isFile()) continue
    const bytes = readFileSync(path)
    // Invites are kept readable: admins show them again (S-56).
    for (const secret of [tokens[0], tokens[1], tokens[2], WORDS.password, WORDS.wrong])
      expect([path, bytes.includes(secret ?? 'none')]).toEqual([path, false])
  }
})
