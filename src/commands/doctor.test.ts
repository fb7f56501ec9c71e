import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { startMailServer } from '../testing/mailServer.ts'
import { hasRedis, redisAddress, startRedis } from '../testing/redis.ts'
import { type CommandLine, openCommandLine } from './commandLine.ts'
import type { Finding } from './doctor/finding.ts'
import { checkCompiler } from './doctor/machine.ts'

async function examine({ warren }: CommandLine, words = '', env = {}) {
  const { exit, out } = await warren(`doctor --json ${words}`, { WARREN_LISTEN: '127.0.0.1:0', ...env })
  const { healthy, findings } = JSON.parse(out) as { healthy: boolean; findings: Finding[] }
  const of = (check: string) => findings.find((finding) => finding.check === check)
  return { exit, healthy, findings, of }
}

test('doctor finds nothing wrong with a folder that is not there yet, and does not make it', async () => {
  const line = openCommandLine()

  const { exit, healthy, of } = await examine(line)

  expect([exit, healthy]).toEqual([0, true])
  expect(of('compiler')?.state).toBe('ok')
  expect(of('data folder')?.reason).toContain('will be made at the first start')
  expect(existsSync(line.dataDir)).toBe(false)
})

test('every finding says what it looked at, and what is not well also what to do', async () => {
  const line = openCommandLine()
  await line.warren('migrate up')

  const { findings } = await examine(line)
  const { out } = await line.warren('doctor')

  for (const { check, reason, state, fix } of findings) {
    expect(reason).not.toBe('')
    expect(state === 'ok').toBe(fix === undefined)
    expect(out).toContain(`${state.padEnd(4)}  ${check}: `)
  }
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining([
      'data folder',
      'free space',
      'disk',
      'integrity',
      'migrations',
      'open files',
      'base URL',
    ]),
  )
})

test('doctor ends with 6 on a wrong setting, and names it', async () => {
  const { exit, of } = await examine(openCommandLine(), '', { WARREN_LIMITS_FACTOR: '0' })

  expect(exit).toBe(6)
  expect(of('settings')).toMatchObject({
    state: 'fail',
    reason: expect.stringContaining('WARREN_LIMITS_FACTOR'),
  })
})

test('doctor finds a damaged database and says to restore it', async () => {
  const line = openCommandLine()
  mkdirSync(line.dataDir)
  writeFileSync(join(line.dataDir, 'warren.db'), 'this is no database, '.repeat(500))

  const { exit, of } = await examine(line)

  expect(exit).toBe(6)
  expect(of('integrity')).toMatchObject({
    state: 'fail',
    fix: expect.stringContaining('restore the last backup'),
  })
})

test('doctor finds missing migrations that nobody will run', async () => {
  const line = openCommandLine()
  await line.warren('migrate up')
  const { Database } = await import('bun:sqlite')
  const file = new Database(join(line.dataDir, 'warren.db'))
  file.run('delete from schema_migrations where version > 1')
  file.close()

  const { exit, of } = await examine(line, '--auto-migrate off')

  expect(exit).toBe(6)
  expect(of('migrations')).toMatchObject({ state: 'fail', fix: 'run "warren migrate up"' })
  expect((await line.warren('serve --check --auto-migrate off')).exit).toBe(5)
})

test('doctor finds secrets that others can read', async () => {
  const line = openCommandLine()
  mkdirSync(line.dataDir)
  writeFileSync(join(line.dataDir, 'secrets.toml'), '')
  chmodSync(line.dataDir, 0o755)
  chmodSync(join(line.dataDir, 'secrets.toml'), 0o644)

  const { exit, of } = await examine(line)

  expect(exit).toBe(6)
  expect(of('secrets')).toMatchObject({ state: 'fail', fix: expect.stringContaining('chmod 600') })
  expect(of('privacy')).toMatchObject({ state: 'warn', fix: expect.stringContaining('chmod 700') })
})

test('doctor finds what turns the executable into another program', async () => {
  const { exit, of } = await examine(openCommandLine(), '', { BUN_BE_BUN: '1' })

  expect(exit).toBe(6)
  expect(of('environment')?.fix).toBe('unset BUN_BE_BUN')
})

test('doctor finds an interpreter where a compiler should be', () => {
  const script = `console.log(require('${import.meta.dir}/doctor/machine.ts').checkCompiler().state)`

  const { stdout } = Bun.spawnSync([process.execPath, '-e', script], { env: { BUN_JSC_useJIT: '0' } })

  expect(stdout.toString()).toBe('fail\n')
  expect(checkCompiler().state).toBe('ok')
})

test('doctor signs in to the mail server, and says when it is not let in', async () => {
  const server = await startMailServer()
  const env = { WARREN_SMTP_URL: server.url, WARREN_BASE_URL: 'http://localhost:8080' }

  const well = await examine(openCommandLine(), '', env)
  server.mode = 'refuse'
  const ill = await examine(openCommandLine(), '', env)
  await server.close()

  expect(well.of('mail')?.state).toBe('ok')
  expect(ill.of('mail')?.state).toBe('fail')
  expect(ill.exit).toBe(6)
})

test('doctor finds an address that is taken, or is none of this machine', async () => {
  const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
  const at = (listen: string) => examine(openCommandLine(), '', { WARREN_LISTEN: listen })

  const taken = await at(`127.0.0.1:${other.port}`)
  await other.stop(true)
  const free = await at(`127.0.0.1:${other.port}`)
  const foreign = await at('192.0.2.1:8080')

  expect(taken.exit).toBe(6)
  expect(taken.of('address')).toMatchObject({
    state: 'fail',
    reason: expect.stringContaining('something else listens'),
    fix: expect.stringContaining('choose another'),
  })
  expect(free.of('address')?.state).toBe('ok')
  expect(foreign.of('address')?.reason).toBe('192.0.2.1:8080 is no address of this machine')
})

test('doctor and serve --check find that operators cannot be answered where the settings say', async () => {
  const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
  const env = { WARREN_LISTEN: '127.0.0.1:0', WARREN_OPS_LISTEN: `127.0.0.1:${other.port}` }

  const taken = await examine(openCommandLine(), '', env)
  const check = await openCommandLine().warren('serve --check', env)
  await other.stop(true)
  const free = await examine(openCommandLine(), '', env)

  expect(taken.exit).toBe(6)
  expect(taken.of('operators')?.fix).toContain('choose another with WARREN_OPS_LISTEN')
  expect(check.exit).toBe(4)
  expect(free.of('operators')?.state).toBe('ok')
  expect((await examine(openCommandLine())).of('operators')).toBeUndefined()
})

test('doctor makes no socket file, knows one that a killed node left behind, and finds what is none', async () => {
  const line = openCommandLine()
  const path = `${line.dataDir}.sock`
  const at = () => examine(line, '', { WARREN_LISTEN: `unix:${path}` })
  const free = await at()
  const exists = existsSync(path)
  const script = `Bun.serve({ unix: '${path}', fetch: () => new Response() }); process.kill(process.pid, 'SIGKILL')`
  await Bun.spawn([process.execPath, '-e', script]).exited

  const left = await at()

  expect([free.of('address')?.state, exists]).toEqual(['ok', false])
  expect(left.of('address')).toMatchObject({ state: 'ok', reason: expect.stringContaining('was killed') })
  rmSync(path)
  writeFileSync(path, 'somebody’s letter')
  expect((await at()).of('address')?.state).toBe('fail')
})

test.each([
  ['', 'ok'],
  ['--listen :8080', 'warn'],
  ['--listen :8080 --base-url http://chat.example.org', 'warn'],
  ['--listen :8080 --base-url https://chat.example.org', 'ok'],
])('with "%s" the base URL is %s', async (words, state) => {
  const { of } = await examine(openCommandLine(), words)

  expect(of('base URL')?.state).toBe(state as 'ok')
})

describe.if(hasRedis)('doctor and Redis', () => {
  const SHARED = {
    WARREN_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    WARREN_SECRET_KEY: 'a-secret-key-that-only-tests-have-0123456789',
  }

  test('one that answers is fine, with its version', async () => {
    const { of } = await examine(openCommandLine(), '', { ...SHARED, WARREN_REDIS_URL: await redisAddress() })

    expect(of('redis')).toMatchObject({ state: 'ok', reason: expect.stringMatching(/^7\.\d+\.\d+ answers$/) })
  })

  test('one that is not there is found, with what it means', async () => {
    const { of } = await examine(openCommandLine(), '', {
      ...SHARED,
      WARREN_REDIS_URL: 'redis://127.0.0.1:1',
    })

    expect(of('redis')).toMatchObject({
      state: 'fail',
      fix: expect.stringContaining('by the database alone'),
    })
  })

  test('one that gives us no channels is found, with how to give them', async () => {
    const redis = await startRedis()
    const admin = new Redis(redis.url)
    await admin.call('ACL', 'SETUSER', 'w', 'on', '>pw', '~*', '+@all')
    const look = () => examine(openCommandLine(), '', { ...SHARED, WARREN_REDIS_URL: url })
    const url = redis.url.replace('//', '//w:pw@')
    const without = await look()
    await admin.call('ACL', 'SETUSER', 'w', '&warren:*', '+@pubsub')
    const given = await look()
    admin.disconnect()
    await redis.stop()

    expect(without.of('redis')).toMatchObject({
      state: 'fail',
      reason: expect.stringContaining('NOPERM'),
      fix: expect.stringContaining('&warren:* +@pubsub'),
    })
    expect(given.of('redis')?.state).toBe('ok')
  })

  test('one that refuses writes when it is full is warned of', async () => {
    const redis = await startRedis(['--maxmemory', '64mb', '--maxmemory-policy', 'noeviction'])
    const { of } = await examine(openCommandLine(), '', { ...SHARED, WARREN_REDIS_URL: redis.url })
    await redis.stop()

    expect(of('redis')).toMatchObject({ state: 'warn', reason: expect.stringContaining('noeviction') })
  })

  test('SQLite serves one node: with it Redis is a mistake', async () => {
    const { exit, of } = await examine(openCommandLine(), '', { WARREN_REDIS_URL: await redisAddress() })

    expect(exit).toBe(6)
    expect(of('settings')).toMatchObject({
      reason: expect.stringContaining('WARREN_REDIS_URL is for several nodes'),
    })
  })
})
