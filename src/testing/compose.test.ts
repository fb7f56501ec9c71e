import { expect, test } from 'bun:test'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listing } from '../config/names.ts'
import { loadConfig } from '../config.ts'
import { compose, composeText, namesIn, ours, type Service, services, startedBy } from './compose.ts'
import { ROOT, readTree, treeFiles } from './tree.ts'

// There is no Docker where the tests run: docker-compose.yml is parsed and held to what it promises.

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
  const variables = composeText.match(/\$\{[^}]*\}/g) ?? []
  expect(variables.filter((each) => !/^\$\{\w+:-/.test(each))).toEqual([])
})

test('the profiles hold what they are for', () => {
  expect(inProfile('scale').sort()).toEqual(
    ['caddy', 'coturn', 'migrate', 'minio', 'postgres', 'redis', 'warren-1', 'warren-2'].sort(),
  )
  expect(inProfile('monitoring').sort()).toEqual(['grafana', 'prometheus'])
})

const SCALED = ['caddy', 'migrate', 'postgres', 'redis', 'warren-1', 'warren-2']

test('each command that is written down starts what is said there, and the one node never beside the others', () => {
  const written = treeFiles()
    .filter((path) => /\.(md|yml)$/.test(path))
    .flatMap((path) => [...readTree(path).matchAll(COMMAND)])
    .map(([, command = '']) => command)

  expect(Object.fromEntries(written.map((command) => [command, startedBy(command)]))).toEqual({
    'up -d': ['warren'],
    '--profile scale up -d caddy': SCALED,
    '--profile monitoring up -d grafana': ['grafana', 'prometheus'],
    '--profile scale run --rm migrate': ['migrate', 'postgres'],
    '--profile scale up -d --no-deps --wait warren-1': ['warren-1'],
    '--profile scale up -d --no-deps --wait warren-2': ['warren-2'],
  })
})

/** `docker compose …`, up to a comment, the end of the line or of the code; not that of another file. */
const COMMAND = /docker compose ((?:--\S+ \w+ )*(?:up|run)(?: [\w-]+)*)(?= {2}|`|$)/gm

const networksOf = (name: string): string[] => namesIn(compose.services[name]?.networks).sort()

test('messages cross one network that nothing else is in and no way leads out of, and Redis asks for a password', () => {
  const inside = services.map(([name]) => name).filter((name) => networksOf(name).includes('inner'))

  expect(inside.sort()).toEqual(['migrate', 'postgres', 'redis', 'warren-1', 'warren-2'])
  expect(compose.networks.inner).toEqual({ internal: true })
  expect([networksOf('postgres'), networksOf('redis')]).toEqual([['inner'], ['inner']])
  expect(compose.services.redis).toMatchObject({
    command: ['redis-server', '/run/secrets/redis_conf', '--save', '', '--appendonly', 'no'],
    secrets: ['redis_conf'],
  })
  expect(readTree('docs/operate/docker.md')).toContain('printf \'requirepass %s\\n\' "$redis" > redis_conf')
})

test('who draws, relays or keeps files shares no network with a node, and Prometheus only the one for its figures', () => {
  const nodes = new Set(['warren', 'warren-1', 'warren-2'].flatMap(networksOf))
  const shared = (name: string) => networksOf(name).filter((network) => nodes.has(network))

  expect(['grafana', 'coturn', 'minio'].flatMap(shared)).toEqual([])
  expect([shared('prometheus'), shared('caddy')]).toEqual([['watch'], ['front']])
  expect(services.map(([name]) => name).filter((name) => networksOf(name).length === 0)).toEqual([])
})

test('how each says that it is there means that it can be used', () => {
  const asked = (name: string) => compose.services[name]?.healthcheck?.test?.join(' ')

  // While the first files are made, a server listens at the socket that is a file, and on no address.
  expect(asked('postgres')).toContain('pg_isready -q -h 127.0.0.1 ')
  // Without -e an answer that is an error counts as one.
  expect(asked('redis')).toContain('redis-cli -e ping')
})

test('every secret is made by what docker.md says', () => {
  const steps = readTree('docs/operate/docker.md')

  expect(
    Object.values(compose.secrets).filter(({ file }) => !steps.includes(`> ${file.split('/').pop()}\n`)),
  ).toEqual([])
})

test('every service says how it is: by itself, or by the health check of its image', () => {
  const silent = services.filter(
    ([, { healthcheck, image }]) => healthcheck === undefined && !image.startsWith('warren:'),
  )

  expect(silent.map(([name]) => name)).toEqual([])
  expect(services.filter(([, { healthcheck }]) => healthcheck?.disable).map(([name]) => name)).toEqual([
    'migrate',
  ])
})

test('what a service leans on is there: files, volumes, secrets, networks, other services', () => {
  const missing = services.flatMap(([name, each]) =>
    [...files(each), ...parts(each)].map((what) => `${name}: ${what}`),
  )

  expect(missing).toEqual([])
})

const files = ({ volumes = [] }: Service): string[] =>
  volumes
    .map((volume) => volume.split(':')[0] ?? '')
    .filter((source) => source.startsWith('./') && !existsSync(join(ROOT, source)))

function parts({ volumes = [], secrets = [], configs = [], depends_on, networks }: Service): string[] {
  const named = volumes.map((volume) => volume.split(':')[0] ?? '').filter((name) => /^\w/.test(name))
  return [
    ...named.filter((name) => !(name in compose.volumes)),
    ...secrets.filter((name) => compose.secrets[name] === undefined),
    ...configs.map(({ source }) => source).filter((name) => !(name in compose.configs)),
    ...namesIn(depends_on).filter((name) => !compose.services[name]),
    ...namesIn(networks).filter((name) => !(name in compose.networks)),
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
  writeFileSync(path, SECRETS[name] ?? '')
  return path
}

const SECRETS: Record<string, string> = {
  WARREN_DATABASE_URL_FILE: 'postgres://warren:word@postgres/warren',
  WARREN_REDIS_URL_FILE: 'redis://:word@redis:6379',
  WARREN_SECRET_KEY_FILE: '0123456789abcdef'.repeat(4),
}

test('Caddy is told what its file asks for, and the nodes believe Caddy alone', () => {
  const { caddy } = compose.services
  const asked = [...readTree('deploy/Caddyfile').matchAll(/\{\$(\w+)/g)].map(([, name]) => name ?? '')

  expect(Object.keys(caddy?.environment ?? {}).sort()).toEqual([...new Set(asked)].sort())
  expect(caddy?.environment?.WARREN_NODES).toBe('warren-1:8080 warren-2:8080')
  const believed = compose.services['warren-1']?.environment?.WARREN_TRUSTED_PROXIES
  expect(caddy?.networks).toEqual({ front: { ipv4_address: `${believed}` } })
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
