import { describe, expect, test } from 'bun:test'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, loadConfig, parseListen, type Sources } from '../config.ts'
import { generated } from './generate.ts'
import { listing } from './names.ts'
import { maskPassword, shownValues, tomlExample } from './write.ts'

const toml = (text: string) => ({ path: '/etc/warren/config.toml', text })
const STRONG = '3f1c9a7e5b2d8046aa17c3e9f05b6d84'

function problems(sources: Sources): readonly string[] {
  try {
    loadConfig(sources)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('settings', () => {
  test('none is needed to start', () => {
    const { config, warnings } = loadConfig({})

    expect(config).toMatchObject({
      baseUrl: null,
      listen: '127.0.0.1:8080',
      dataDir: './data',
      databaseUrl: 'sqlite:data/warren.db',
      limitsFactor: 1,
      editWindowMs: null,
      trustedProxies: [],
      registration: 'invite',
      autoMigrate: true,
    })
    expect(warnings).toEqual([])
  })

  test('a flag wins over the environment, that over the file, that over the default', () => {
    const file = toml('listen = ":1"\nlocale = "ru"\nlog_level = "debug"')
    const env = { WARREN_LISTEN: ':2', WARREN_LOCALE: 'en' }

    const { config, origins } = loadConfig({ flags: { listen: ':3' }, env, file })

    expect([config.listen, config.locale, config.logLevel, config.registration]).toEqual([
      ':3',
      'en',
      'debug',
      'invite',
    ])
    expect([origins.listen, origins.locale, origins.logLevel, origins.registration]).toEqual([
      'flag --listen',
      'environment WARREN_LOCALE',
      'file /etc/warren/config.toml',
      'default',
    ])
  })

  test('a file may write numbers, switches, lists and tables as TOML has them', () => {
    const file = toml(
      'limits_factor = 2.5\ntrusted_proxies = ["10.0.0.0/8", "::1"]\n[smtp]\nurl = "mailbox:"\n[ws]\nurl_token = false',
    )

    const { config } = loadConfig({ file })

    expect(config).toMatchObject({
      limitsFactor: 2.5,
      trustedProxies: ['10.0.0.0/8', '::1'],
      smtpUrl: 'mailbox:',
      wsUrlToken: false,
    })
  })

  test('a secret can come from a file, and has no flag (S-49)', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'warren-config-')), 'key')
    writeFileSync(path, `${STRONG}\n`)

    expect(loadConfig({ env: { WARREN_SECRET_KEY_FILE: path } }).config.secretKey).toBe(STRONG)
    expect(problems({ env: { WARREN_SECRET_KEY_FILE: '/nowhere' } })[0]).toContain(
      'WARREN_SECRET_KEY_FILE names /nowhere',
    )
    expect(listing.filter(({ secret, flag }) => secret && flag)).toEqual([])
  })

  test('names that other products use are understood', () => {
    const env = { PORT: '3000', DATABASE_URL: 'sqlite:/tmp/a.db', SECRET_KEY_BASE: STRONG }

    const { config } = loadConfig({ env })

    expect([config.listen, config.databaseUrl, config.secretKey]).toEqual([
      ':3000',
      'sqlite:/tmp/a.db',
      STRONG,
    ])
  })

  test('an empty value is no value', () => {
    expect(loadConfig({ env: { WARREN_SMTP_URL: '', WARREN_LISTEN: '' } }).origins.listen).toBe('default')
  })

  test('a name that nothing reads is a warning, with the name that was meant', () => {
    const { warnings } = loadConfig({
      env: { WARREN_LISEN: ':1', PATH: '/bin' },
      file: toml('[smtp]\nulr = "mailbox:"'),
    })

    expect(warnings).toEqual([
      'WARREN_LISEN is set, but nothing reads it: did you mean WARREN_LISTEN?',
      'smtp_ulr is in /etc/warren/config.toml, but nothing reads it: did you mean smtp_url?',
    ])
  })

  test.each([
    ['WARREN_BASE_URL', 'chat.example.org'],
    ['WARREN_BASE_URL', 'https://chat.example.org/warren'],
    ['WARREN_BASE_URL', 'javascript:alert(1)'],
    ['WARREN_LISTEN', '8080'],
    ['WARREN_LISTEN', 'localhost:70000'],
    ['WARREN_DATABASE_URL', 'mysql://localhost/warren'],
    ['WARREN_SECRET_KEY', 'short'],
    ['WARREN_SECRET_KEY', 'change-me-change-me-change-me-change-me'],
    ['WARREN_SECRET_KEY', 'a'.repeat(64)],
    ['WARREN_SETUP_TOKEN', 'changeme'],
    ['WARREN_LIMITS_FACTOR', '0'],
    ['WARREN_LIMITS_FACTOR', '-1'],
    ['WARREN_LIMITS_FACTOR', 'Infinity'],
    ['WARREN_LIMITS_FACTOR', '1e3'],
    ['WARREN_WS_URL_TOKEN', 'maybe'],
    ['WARREN_EDIT_WINDOW', '15'],
    ['WARREN_TRUSTED_PROXIES', '10.0.0.0/8, everyone'],
    ['WARREN_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['WARREN_SMTP_URL', 'mail.example.org'],
    ['WARREN_SMTP_FROM', 'ada@example.org, bo@example.org'],
    ['WARREN_SMTP_FROM', 'Ada <ada@example.org>\r\nBcc: bo@example.org'],
    ['WARREN_REGISTRATION', 'sometimes'],
    ['WARREN_LOCALE', 'fr'],
    ['WARREN_LOG_LEVEL', 'loud'],
    ['WARREN_ADMIN_EMAIL', 'ada'],
    ['PORT', 'http'],
  ])('%s=%s is refused with its name and what would be right', (name, value) => {
    const [problem, ...more] = problems({ env: { WARREN_ADMIN_PASSWORD_FILE: '/p', [name]: value } })

    expect(problem).toStartWith(name)
    expect(problem).toMatch(/ (is|holds) .*: write /)
    expect(more).toEqual([])
  })

  test('everything that is wrong is told at once, and no secret is repeated (S-49)', () => {
    const told = problems({
      env: { WARREN_SECRET_KEY: 'hunter2', WARREN_LOCALE: 'fr', WARREN_SMTP_URL: 'ada:pw1@mail' },
    })

    expect(told).toHaveLength(3)
    expect(told.join()).not.toMatch(/hunter2|pw1/)
    expect(told.join()).toContain('"fr"')
  })

  test('mail without a public address is a warning: its links would lead nowhere', () => {
    const smtp = { WARREN_SMTP_URL: 'smtp://mail.example.org' }

    expect(loadConfig({ env: smtp }).warnings).toEqual([
      expect.stringContaining('WARREN_BASE_URL is not set'),
    ])
    expect(loadConfig({ env: { ...smtp, WARREN_BASE_URL: 'https://chat.example.org' } }).warnings).toEqual([])
    expect(loadConfig({ env: { WARREN_SMTP_URL: 'mailbox:' } }).warnings).toEqual([])
  })

  test('PostgreSQL needs a secret key of its own, and does not migrate by itself', () => {
    const env = { DATABASE_URL: 'postgres://warren@db/warren' }

    expect(problems({ env })[0]).toStartWith('WARREN_SECRET_KEY is missing')
    expect(loadConfig({ env: { ...env, WARREN_SECRET_KEY: STRONG } }).config.autoMigrate).toBe(false)
  })

  test('a first admin needs a password file', () => {
    expect(problems({ env: { WARREN_ADMIN_EMAIL: 'ada@example.org' } })[0]).toContain(
      'WARREN_ADMIN_PASSWORD_FILE',
    )
  })

  test('a file that is no TOML is named, with the place', () => {
    expect(problems({ file: toml('listen = ') })[0]).toContain('/etc/warren/config.toml is not TOML')
  })

  test('printed settings show where they came from and no secret (S-49)', () => {
    const env = { WARREN_SECRET_KEY: STRONG, WARREN_SMTP_URL: 'smtp://ada:p@ss:word@mail.example.org:587' }

    const shown = JSON.stringify(shownValues(loadConfig({ env })))

    expect(shown).toContain('smtp://ada:***@mail.example.org:587')
    expect(shown).not.toContain(STRONG)
    expect(shown).not.toContain('ss:')
    expect(maskPassword('postgres://db/warren?user=ada&password=pw1&ssl=on')).toBe(
      'postgres://db/warren?user=ada&password=***&ssl=on',
    )
  })

  test('the example file holds every setting, and is TOML when its comments are opened', () => {
    const opened = tomlExample().replace(/^#(?! )/gm, '')

    expect(Object.keys(Bun.TOML.parse(opened))).toEqual(listing.map(({ toml: name }) => name))
  })

  test('.env.example and docs/configure.md are what the schema says', async () => {
    for (const { is, should } of await generated()) expect(is).toBe(should)
  })

  test('an address to listen on names a host and a port, every interface, or a socket', () => {
    expect(parseListen('127.0.0.1:80')).toEqual({ hostname: '127.0.0.1', port: 80 })
    expect(parseListen(':8080')).toEqual({ hostname: '::', port: 8080 })
    expect(parseListen('[::1]:0')).toEqual({ hostname: '::1', port: 0 })
    expect(parseListen('unix:/run/warren.sock')).toEqual({ unix: '/run/warren.sock' })
  })
})
