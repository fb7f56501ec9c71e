import { expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import { listing } from '../config/names.ts'
import { loadConfig } from '../config.ts'
import { parseDockerfile, valuesOf } from './dockerfile.ts'
import { notRun } from './notRun.ts'
import { ROOT, readTree } from './tree.ts'

// There is no Docker where the tests run: what Docker would read is parsed and held to what it promises.

interface Service {
  image: string
  build?: string | { target?: string }
  profiles?: string[]
  environment?: Record<string, string>
  volumes?: string[]
  configs?: { source: string }[]
  secrets?: string[]
  ports?: string[]
  depends_on?: string[] | Record<string, { condition: string }>
  healthcheck?: { test?: string[]; disable?: boolean }
  networks?: { default: { ipv4_address: string } }
  [other: string]: unknown
}

interface Compose {
  services: Record<string, Service>
  volumes: object
  secrets: Record<string, { file: string }>
  configs: object
}

const text = readTree('docker-compose.yml')
const compose = Bun.YAML.parse(text) as Compose
const services = Object.entries(compose.services)
const ours = services.filter(([, { image }]) => image.startsWith('warren:'))
const dockerfile = parseDockerfile(readTree('Dockerfile'))

const inProfile = (profile?: string): string[] =>
  services.filter(([, each]) => each.profiles?.[0] === profile).map(([name]) => name)

/** As compose does with nothing set: `${NAME:-default}`. */
const withDefaults = (value: string): string => value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')

const isKnown = (name: string): boolean =>
  listing.some(({ env, secret }) => name === env || (secret !== undefined && name === `${env}_FILE`))

test('by default there is one node with one volume, and nothing has to be set', () => {
  expect(inProfile()).toEqual(['warren'])
  expect(compose.services.warren?.volumes).toEqual(['data:/data'])
  expect(compose.services.warren?.secrets).toBeUndefined()
  const variables = text.match(/\$\{[^}]*\}/g) ?? []
  expect(variables.filter((each) => !/^\$\{\w+:-/.test(each))).toEqual([])
})

test('the profiles hold what they are for', () => {
  expect(inProfile('scale').sort()).toEqual(
    ['caddy', 'coturn', 'migrate', 'minio', 'postgres', 'redis', 'warren-1', 'warren-2'].sort(),
  )
  expect(inProfile('monitoring').sort()).toEqual(['grafana', 'prometheus'])
})

test('every image has a tag that does not move under it, and ours is this version', () => {
  const tags = [...services.map(([, { image }]) => image), ...dockerfile.flatMap(bases)]

  expect(tags.filter((image) => !/:[\w.-]*\d[\w.-]*$/.test(image))).toEqual([])
  expect(new Set(ours.map(([, { image }]) => image))).toEqual(new Set([`warren:${packageJson.version}`]))
})

/** What a stage stands on that is no stage of the same file. */
function bases({ name, value }: { name: string; value: string }): string[] {
  const from = name === 'FROM' ? value.split(' ')[0] : /^--from=(\S+)/.exec(value)?.[1]
  return from === undefined || from === 'build' ? [] : [from]
}

test('every service says how it is: by itself, or by the health check of its image', () => {
  const silent = services.filter(
    ([, { healthcheck, image }]) => healthcheck === undefined && !image.startsWith('warren:'),
  )

  expect(silent.map(([name]) => name)).toEqual([])
  expect(services.filter(([, { healthcheck }]) => healthcheck?.disable).map(([name]) => name)).toEqual([
    'migrate',
  ])
})

test('what a service leans on is there: files, volumes, secrets, other services', () => {
  const missing = services.flatMap(([name, each]) =>
    [...files(each), ...parts(each)].map((what) => `${name}: ${what}`),
  )

  expect(missing).toEqual([])
})

const files = ({ volumes = [] }: Service): string[] =>
  volumes
    .map((volume) => volume.split(':')[0] ?? '')
    .filter((source) => source.startsWith('./') && !existsSync(join(ROOT, source)))

function parts({ volumes = [], secrets = [], configs = [], depends_on: before = [] }: Service): string[] {
  const named = volumes.map((volume) => volume.split(':')[0] ?? '').filter((name) => /^\w/.test(name))
  return [
    ...named.filter((name) => !(name in compose.volumes)),
    ...secrets.filter((name) => compose.secrets[name] === undefined),
    ...configs.map(({ source }) => source).filter((name) => !(name in compose.configs)),
    ...(Array.isArray(before) ? before : Object.keys(before)).filter((name) => !compose.services[name]),
  ]
}

test('our containers cannot be written to, and have the time to finish', () => {
  expect(ours.map(([name]) => name).sort()).toEqual(['migrate', 'warren', 'warren-1', 'warren-2'])
  for (const [, each] of ours) {
    expect(each).toMatchObject({ read_only: true, cap_drop: ['ALL'], stop_grace_period: '40s' })
  }
})

test.each(ours)('the settings of %s are settings, and a node takes them', (_, { environment = {} }) => {
  const folder = mkdtempSync(join(tmpdir(), 'warren-compose-'))
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    env[name] = name.endsWith('_FILE') ? secretFile(folder, name) : withDefaults(value)
  }

  expect(Object.keys(environment).filter((name) => !isKnown(name))).toEqual([])
  expect(loadConfig({ env }).warnings).toEqual([])
})

function secretFile(folder: string, name: string): string {
  const path = join(folder, name)
  writeFileSync(
    path,
    name.includes('DATABASE') ? 'postgres://warren:word@postgres/warren' : '0123456789abcdef'.repeat(4),
  )
  return path
}

test('Caddy is told what its file asks for, and the nodes believe Caddy alone', () => {
  const { caddy } = compose.services
  const asked = [...readTree('deploy/Caddyfile').matchAll(/\{\$(\w+)/g)].map(([, name]) => name ?? '')

  expect(Object.keys(caddy?.environment ?? {}).sort()).toEqual([...new Set(asked)].sort())
  expect(caddy?.environment?.WARREN_NODES).toBe('warren-1:8080 warren-2:8080')
  const address = caddy?.networks?.default.ipv4_address
  expect(compose.services['warren-1']?.environment?.WARREN_TRUSTED_PROXIES).toBe(address ?? '')
  const inside = ['warren-1', 'warren-2', 'postgres', 'redis', 'minio']
  expect(inside.filter((name) => compose.services[name]?.ports !== undefined)).toEqual([])
})

test('the nodes wait for the migration, and it for the database', () => {
  for (const name of ['warren-1', 'warren-2']) {
    expect(compose.services[name]?.depends_on).toMatchObject({
      migrate: { condition: 'service_completed_successfully' },
    })
  }
  expect(compose.services.migrate).toMatchObject({
    command: ['migrate', 'up'],
    restart: 'no',
    depends_on: { postgres: { condition: 'service_healthy' } },
  })
})

test('the image runs one file as nobody in particular, and says how it is', () => {
  const env = valuesOf(dockerfile, 'final', 'ENV')
    .join(' ')
    .split(' ')
    .map((each) => each.split('='))

  expect(valuesOf(dockerfile, 'final', 'USER')).toEqual(['10001:10001'])
  expect(valuesOf(dockerfile, 'final', 'ENTRYPOINT')).toEqual(['["/warren"]'])
  expect(valuesOf(dockerfile, 'final', 'VOLUME')).toEqual(['/data'])
  expect(valuesOf(dockerfile, 'final', 'HEALTHCHECK')[0]).toEndWith('CMD ["/warren", "healthcheck"]')
  expect(Object.fromEntries(env)).toEqual({ WARREN_LISTEN: ':8080', WARREN_DATA_DIR: '/data' })
})

test('the tests have a container of their own that runs what CI runs', () => {
  const { services: only } = Bun.YAML.parse(readTree('docker-compose.test.yml')) as Compose
  const workflow = Bun.YAML.parse(readTree('.github/workflows/ci.yml')) as {
    jobs: { ci: { steps: { run?: string }[]; 'timeout-minutes': number } }
  }

  expect(only.tests?.build).toMatchObject({ target: 'tests' })
  expect(valuesOf(dockerfile, 'tests', 'CMD')).toEqual(['[".ci/run"]'])
  expect(workflow.jobs.ci.steps.map(({ run }) => run)).toContain('.ci/run')
  expect(workflow.jobs.ci['timeout-minutes']).toBe(45)
})

test('one version of Caddy everywhere', () => {
  const found = ['Dockerfile', 'docker-compose.yml', '.ci/run', 'docs/operate/cluster.md'].map(
    (path) => /caddy[:@=]v?([\d.]+\d)/.exec(readTree(path))?.[1],
  )

  expect(new Set(found)).toEqual(new Set(['2.11.9']))
})

test('nobody is relayed to an address that is not on the internet (S-60)', () => {
  const lines = readTree('deploy/coturn.conf').split('\n')
  const denied = new BlockList()
  const ranges = lines.flatMap((line) => /^denied-peer-ip=(\S+?)-(\S+)$/.exec(line)?.slice(1) ?? [])
  const mapped = ['::ffff:0.0.0.0', '::ffff:255.255.255.255']
  for (let at = 0; at < ranges.length; at += 2) {
    const [from = '', to = ''] = ranges.slice(at, at + 2)
    // A list takes these for all of IPv4.
    if (from !== mapped[0]) denied.addRange(from, to, family(from))
  }
  const reserved =
    '0.0.0.1 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.31.0.1 192.168.1.1 198.18.0.1 224.0.0.1 ' +
    '255.255.255.255 :: ::1 ::10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2001::1 2002:7f00:1:: fc00::1 fd12::1 fe80::1 ff02::1'

  expect(reserved.split(' ').filter((address) => !denied.check(address, family(address)))).toEqual([])
  expect(lines).toContain(`denied-peer-ip=${mapped.join('-')}`)
  expect(denied.check('8.8.8.8')).toBe(false)
  expect(denied.check('2606:4700::1', 'ipv6')).toBe(false)
  for (const line of ['use-auth-secret', 'no-cli', 'no-tcp-relay', 'no-multicast-peers']) {
    expect(lines).toContain(line)
  }
  expect(lines.filter((line) => line.startsWith('static-auth-secret'))).toEqual([])
})

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6')

test('the unit drains in time and leaves the compiler on', () => {
  const lines = readTree('deploy/warren.service').split('\n')

  for (const line of ['Type=exec', 'TimeoutStopSec=40', 'LimitNOFILE=262144', 'Restart=on-failure']) {
    expect(lines).toContain(line)
  }
  expect(lines).toContain('UnsetEnvironment=BUN_OPTIONS BUN_BE_BUN BUN_INSPECT BUN_INSPECT_CONNECT_TO')
  expect(lines.filter((line) => line.startsWith('MemoryDenyWriteExecute'))).toEqual([])
})

if (Bun.which('systemd-analyze') === null) {
  notRun('systemd reads the unit', 'no systemd-analyze')
} else {
  test('systemd understands every line of the unit', () => {
    const unit = join(mkdtempSync(join(tmpdir(), 'warren-unit-')), 'warren.service')
    const shipped = readFileSync(join(ROOT, 'deploy/warren.service'), 'utf8')
    writeFileSync(unit, shipped.replace('/usr/local/bin/warren', process.execPath))

    const { exitCode, stderr } = Bun.spawnSync(['systemd-analyze', 'verify', unit])

    expect([exitCode, stderr.toString()]).toEqual([0, ''])
  })
}
