import { expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import { type Compose, ours, services } from './compose.ts'
import { parseDockerfile, valuesOf } from './dockerfile.ts'
import { notRun } from './notRun.ts'
import { ROOT, readTree } from './tree.ts'

// There is no Docker where the tests run: what Docker would read is parsed and held to what it promises. What
// docker-compose.yml starts is in compose.test.ts.

const dockerfile = parseDockerfile(readTree('Dockerfile'))

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
