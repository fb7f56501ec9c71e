import { describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCommandLine } from './commandLine.ts'
import { COMMANDS } from './registry.ts'

describe('the command line', () => {
  test.each(Object.keys(COMMANDS))('help tells what %s does, with its usage and an example', async (name) => {
    const { warren } = openCommandLine()

    const asked = await warren(`help ${name}`)

    expect(asked).toMatchObject({ exit: 0, err: '' })
    expect(asked.out).toContain(`  warren ${name}`)
    expect(asked.out).toMatch(/^Example: warren /m)
    if (name !== 'help') expect(await warren(`${name} --help`)).toEqual(asked)
  })

  test('nothing at all lists every command, a noun alone its verbs', async () => {
    const { warren } = openCommandLine()

    const all = await warren('')
    for (const name of Object.keys(COMMANDS)) expect(all.out).toContain(`warren ${name} `)
    expect(await warren('--help')).toEqual(all)
    const user = await warren('user')
    expect(user.out.match(/warren user /g)).toHaveLength(6)
    expect(user.out).not.toContain('migrate')
  })

  test.each([
    ['serv', 'there is no command "serv". Did you mean "serve"?'],
    ['user crate ann@example.org', 'Did you mean "user create"?'],
    ['help nothing', 'there is no command "nothing"'],
    ['version --jsn', 'version has no option --jsn. Did you mean "--json"?'],
    ['version more', 'this is not how version is used. Write: warren version [--json]'],
    ['user create', 'Write: warren user create EMAIL'],
    [
      'serve --secret-key abc',
      'secret_key is a secret, and arguments can be read by others. Set WARREN_SECRET_KEY',
    ],
    ['serve --smtp-url=smtp://x', 'Set WARREN_SMTP_URL or WARREN_SMTP_URL_FILE'],
    ['serve --listen', 'listen'],
    ['user set-role ann king', '"king" is no role'],
    ['user invite --expires soon', '--expires "soon" is not a length of time'],
    ['user deactivate bo', 'Add --yes if you mean it'],
    ['jobs replay', 'Write: warren jobs replay ID | --all'],
    ['jobs replay 1 --all', 'Write: warren jobs replay ID | --all'],
  ])('"warren %s" is a usage error that says what to write', async (words, told) => {
    const { warren, dataDir } = openCommandLine()

    const { exit, out, err } = await warren(words)

    expect({ exit, out }).toEqual({ exit: 2, out: '' })
    expect(err).toStartWith('error: ')
    expect(err).toContain(told)
    expect(existsSync(dataDir)).toBe(false)
  })

  test('a wrong setting ends every command with 3, its name, and nothing on stdout', async () => {
    const { warren } = openCommandLine()

    for (const command of ['serve', 'config print', 'user list', 'migrate status', 'healthcheck', 'setup']) {
      const { exit, out, err } = await warren(command, { WARREN_LIMITS_FACTOR: '0' })

      expect([command, exit, out]).toEqual([command, 3, ''])
      expect(err).toContain('error: WARREN_LIMITS_FACTOR "0" is not a number above 0: write 1')
    }
  })

  test('a mistyped name is a warning on stderr, and no error', async () => {
    const { warren } = openCommandLine()

    const { exit, err } = await warren('config print', { WARREN_LISEN: ':1' })

    expect({ exit, err }).toEqual({
      exit: 0,
      err: 'warning: WARREN_LISEN is set, but nothing reads it: did you mean WARREN_LISTEN?',
    })
  })

  test('settings can be printed with where they came from, and as JSON', async () => {
    const { warren } = openCommandLine()
    const file = join(mkdtempSync(join(tmpdir(), 'warren-cli-')), 'config.toml')
    writeFileSync(file, 'locale = "ru"')

    const { out } = await warren(`config print --origin --config ${file} --listen :9`)
    const { out: json } = await warren('config print --json --origin', { WARREN_CONFIG: file })

    expect(out).toMatch(/^listen = ":9" +# flag --listen$/m)
    expect(out).toMatch(new RegExp(`^locale = "ru" +# file ${file}$`, 'm'))
    expect(out).toMatch(/^registration = "invite" +# default$/m)
    expect(JSON.parse(json).locale).toEqual({ value: 'ru', origin: `file ${file}` })
  })

  test('a named settings file that is not there is an error', async () => {
    const { exit, err } = await openCommandLine().warren('config print --config /nowhere.toml')

    expect(exit).toBe(3)
    expect(err).toContain('/nowhere.toml cannot be read (ENOENT)')
  })

  test('config validate says yes or what is wrong, also for programs', async () => {
    const { warren } = openCommandLine()
    const bad = { WARREN_LOCALE: 'fr' }

    expect(await warren('config validate')).toMatchObject({ exit: 0, out: '' })
    expect((await warren('config validate', bad)).exit).toBe(3)
    const { exit, out } = await warren('config validate --json', bad)
    expect(exit).toBe(3)
    expect(JSON.parse(out)).toMatchObject({
      valid: false,
      problems: [expect.stringContaining('WARREN_LOCALE')],
    })
  })

  test('the version is one line, or everything that matters as JSON', async () => {
    const { warren } = openCommandLine()

    expect((await warren('version')).out).toMatch(/^warren \S+$/)
    expect((await warren('--version')).out).toMatch(/^warren \S+$/)
    const all = JSON.parse((await warren('version --json')).out)
    expect(all).toMatchObject({ bun: Bun.version, version: expect.any(String), schema: expect.any(Number) })
  })

  test('healthcheck is 1 when nobody answers, 0 when the node does', async () => {
    const { warren } = openCommandLine()
    const node = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('ok') })
    const { port } = node

    expect((await warren(`healthcheck --listen :${port}`)).exit).toBe(0)
    await node.stop(true)
    const { exit, err } = await warren(`healthcheck --listen 127.0.0.1:${port}`)

    expect(exit).toBe(1)
    expect(err).toContain(`no node answers at 127.0.0.1:${port} (`)
    expect(await warren('healthcheck --listen :0')).toMatchObject({ exit: 2 })
  })
})

describe('migrate', () => {
  test('status and plan change nothing, up brings an empty folder to the newest schema, twice is once', async () => {
    const { warren, dataDir } = openCommandLine()

    const before = JSON.parse((await warren('migrate status --json')).out)
    const plan = await warren('migrate plan')
    const dryRun = await warren('migrate up --dry-run')
    expect(existsSync(dataDir)).toBe(false)
    const up = await warren('migrate up')
    const again = await warren('migrate up')
    const after = JSON.parse((await warren('migrate status --json')).out)

    expect(before.pending).toHaveLength(before.known)
    expect(plan.out).toContain('create table users')
    expect(dryRun.out).toBe(plan.out)
    expect(up.out.split('\n')).toHaveLength(before.known)
    expect(again).toMatchObject({ exit: 0, out: '' })
    expect(after).toEqual({ schema: before.known, known: before.known, pending: [] })
  })

  test('up waits for nobody: a folder in use ends it with 4', async () => {
    const { warren, dataDir } = openCommandLine()
    await warren('migrate up')
    const { lockFolder } = await import('../platform/db/lock.ts')
    const lock = lockFolder(dataDir)

    const { exit, err } = await warren('migrate up')
    lock.release()

    expect(exit).toBe(4)
    expect(err).toContain('in use by another Warren')
  })
})
