import { afterEach, expect, test } from 'bun:test'
import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MAIN = join(import.meta.dir, '../main.ts')
const PASSWORD = 'correct horse battery'

type Env = Record<string, string>

const emptyFolder = () => mkdtempSync(join(tmpdir(), 'warren-serve-'))
const begin = (words: string[], cwd: string, env: Env = {}) =>
  Bun.spawn([process.execPath, MAIN, ...words], {
    cwd,
    env: { PATH: process.env.PATH ?? '', WARREN_LISTEN: '127.0.0.1:0', ...env },
    stdin: new Blob([PASSWORD]),
    stdout: 'pipe',
    stderr: 'pipe',
  })

const open: ReturnType<typeof begin>[] = []
afterEach(() => {
  for (const node of open.splice(0)) node.kill('SIGKILL')
})

async function warren(words: string, cwd: string, env?: Env) {
  const command = begin(words.split(' '), cwd, env)
  const [out, err] = await Promise.all([
    new Response(command.stdout).text(),
    new Response(command.stderr).text(),
  ])
  return { exit: await command.exited, out, err }
}

/** A node that has said where it is. */
async function serve(cwd: string, env?: Env) {
  const node = begin(['serve'], cwd, env)
  open.push(node)
  let said = ''
  const reader = node.stdout.getReader()
  while (!/http:\/\/127[^\n]*\n/.test(said)) {
    const { value, done } = await reader.read()
    if (done) throw new Error(`it ended: ${said} ${await new Response(node.stderr).text()}`)
    said += new TextDecoder().decode(value)
  }
  return { node, said, url: /(http:\/\/[\d.:]+)/.exec(said)?.[1] ?? '' }
}

test('an empty folder becomes a node: its address and a setup link are printed, and its files are private (S-49)', async () => {
  const folder = emptyFolder()

  const { url, said } = await serve(folder)

  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  const [here, setup, ...more] = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(here).toMatchObject({ level: 'info', url, msg: 'listening' })
  expect(setup.setup_url).toBe(`${url}/setup?setup_token=${setup.setup_token}`)
  expect(more).toEqual([])
  for (const { msg } of [here, setup]) expect(msg).not.toContain(url)
  expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
  for (const file of ['warren.db', 'secrets.toml']) {
    expect([file, statSync(join(folder, 'data', file)).mode & 0o777]).toEqual([file, 0o600])
  }
})

test('it says where operators are answered, and they are', async () => {
  const { url, said } = await serve(emptyFolder(), { WARREN_OPS_LISTEN: '127.0.0.1:0' })

  const [here] = said.split('\n').map((line) => (line === '' ? {} : JSON.parse(line)))
  expect(here.url).toBe(url)
  expect(here.ops_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(await (await fetch(`${here.ops_url}/metrics`)).text()).toContain('\nwarren_ready 1\n')
})

test('the setup link of a running node leads to where it listens, whatever is set here', async () => {
  const folder = emptyFolder()
  const { url } = await serve(folder)

  const { out } = await warren('setup', folder, { WARREN_LISTEN: '127.0.0.1:1' })
  const empty = await warren('user list', folder)

  expect(out.trim()).toStartWith(`${url}/setup?setup_token=`)
  expect(empty).toMatchObject({ exit: 0, out: '' })
  expect(empty.err).toContain('no account yet')
})

test('one node per folder: the second ends with 4, and commands go to the first', async () => {
  const folder = emptyFolder()
  const { url } = await serve(folder)

  const second = await warren('serve', folder)
  const ada = await warren('user create ada@example.org', folder)
  const health = await warren('healthcheck', folder, { WARREN_LISTEN: url.replace('http://', '') })

  expect(second).toMatchObject({ exit: 4, out: '', err: expect.stringContaining('in use by another Warren') })
  expect(ada).toMatchObject({ exit: 0, out: 'ada  ada@example.org  owner\n' })
  expect(health.exit).toBe(0)
})

test('SIGTERM ends it with 0, and kill -9 loses nothing (C1, C13)', async () => {
  const folder = emptyFolder()
  const first = await serve(folder)
  await warren('user create ada@example.org', folder)
  first.node.kill('SIGKILL')
  await first.node.exited

  const second = await serve(folder)
  const users = await warren('user list', folder)
  second.node.kill('SIGTERM')

  expect(await second.node.exited).toBe(0)
  expect(second.said).not.toContain('setup')
  expect(users.out).toBe('ada  ada@example.org  owner\n')
})

test('an address that is taken ends it with 4 and says so', async () => {
  const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })

  const { exit, err } = await warren('serve', emptyFolder(), { WARREN_LISTEN: `127.0.0.1:${other.port}` })
  await other.stop(true)

  expect(exit).toBe(4)
  expect(err).toContain('the address is in use')
  expect(err).toContain('choose another')
})

test('an address that is none of this machine ends it with 4 and says so, without a stack', async () => {
  const { exit, err } = await warren('serve', emptyFolder(), { WARREN_LISTEN: '192.0.2.1:8080' })

  expect([exit, err]).toEqual([
    4,
    'error: 192.0.2.1:8080 is no address of this machine: set WARREN_LISTEN to one that is, or to :PORT for all of them.\n',
  ])
})

test('doctor finds nothing wrong with an address at which the node of its own folder listens', async () => {
  const folder = emptyFolder()
  const free = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
  const next = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
  const env = { WARREN_LISTEN: `127.0.0.1:${free.port}`, WARREN_OPS_LISTEN: `127.0.0.1:${next.port}` }
  await Promise.all([free.stop(true), next.stop(true)])
  await serve(folder, env)

  const own = await warren('doctor', folder, env)
  const other = await warren('doctor', emptyFolder(), env)

  expect(own.out).toContain(
    `ok    address: ${env.WARREN_LISTEN}: the node of this data folder is running there`,
  )
  expect(own.out).toContain(`ok    operators: ${env.WARREN_OPS_LISTEN}`)
  expect(other.out).toContain('fail  operators: the address is in use')
  expect(other.out).toContain(
    `fail  address: the address is in use: something else listens at ${env.WARREN_LISTEN}`,
  )
})

test('on a unix socket a node comes back where it was killed', async () => {
  const folder = emptyFolder()
  const path = join(folder, 'warren.sock')
  const env = { WARREN_LISTEN: `unix:${path}`, WARREN_BASE_URL: 'http://127.0.0.1:8080' }
  const first = await serve(folder, env)
  first.node.kill('SIGKILL')
  await first.node.exited

  await serve(folder, env)

  expect((await fetch('http://warren/healthz', { unix: path })).status).toBe(200)
})

test('unattended, the first start makes the first account, the next ones do not read the file', async () => {
  const folder = emptyFolder()
  const file = join(folder, 'password')
  writeFileSync(file, `${PASSWORD}\n`)
  const env = { WARREN_ADMIN_EMAIL: 'ada@example.org', WARREN_ADMIN_PASSWORD_FILE: file }

  const first = await serve(folder, env)
  const users = await warren('user list', folder)
  first.node.kill('SIGKILL')
  await first.node.exited
  await serve(folder, { ...env, WARREN_ADMIN_PASSWORD_FILE: '/gone' })

  expect(first.said).not.toContain('setup')
  expect(users.out).toBe('ada  ada@example.org  owner\n')
})

test('a node with another key than its database was first used with ends with 3', async () => {
  const folder = emptyFolder()
  await warren('user create ada@example.org', folder)

  const { exit, err } = await warren('serve', folder, {
    WARREN_SECRET_KEY: '3f1c9a7e5b2d8046aa17c3e9f05b6d84',
  })

  expect(exit).toBe(3)
  expect(err).toContain('first used with another secret key')
})

test('text is for people: sentences instead of JSON', async () => {
  const { said } = await serve(emptyFolder(), { WARREN_LOG_FORMAT: 'text' })

  expect(said).toMatch(/^Warren \S+ is at http:\/\/127\.0\.0\.1:\d+$/m)
})

test('--check says whether it would start, and starts nothing', async () => {
  const folder = emptyFolder()

  expect(await warren('serve --check', folder)).toMatchObject({ exit: 0, out: '', err: 'It would start.\n' })
  expect(() => statSync(join(folder, 'data'))).toThrow()
  expect((await warren('serve --check', folder, { WARREN_LISTEN: 'nowhere' })).exit).toBe(3)
  expect((await warren('serve --check', folder, { WARREN_LISTEN: '192.0.2.1:80' })).exit).toBe(4)
})
