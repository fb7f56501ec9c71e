import { expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startMailServer } from '../testing/mailServer.ts'
import { type CommandLine, openCommandLine } from './commandLine.ts'
import type { Finding } from './doctor/finding.ts'
import { checkCompiler } from './doctor/machine.ts'

async function examine({ warren }: CommandLine, words = '', env = {}) {
  const { exit, out } = await warren(`doctor --json ${words}`, env)
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

test.each([
  ['', 'ok'],
  ['--listen :8080', 'warn'],
  ['--listen :8080 --base-url http://chat.example.org', 'warn'],
  ['--listen :8080 --base-url https://chat.example.org', 'ok'],
])('with "%s" the base URL is %s', async (words, state) => {
  const { of } = await examine(openCommandLine(), words)

  expect(of('base URL')?.state).toBe(state as 'ok')
})
