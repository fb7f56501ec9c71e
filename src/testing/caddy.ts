import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from './freePort.ts'
import { leashed } from './leash.ts'
import { ROOT } from './tree.ts'

/** Caddy with the configuration that we ship, in front of nodes on this machine. */
export interface CaddyServer {
  readonly url: string
  readonly pid: number
  signal(signal: NodeJS.Signals): void
  /** Takes the configuration anew, as `systemctl reload caddy` does. */
  reload(): Promise<void>
  /** After its end. */
  start(): Promise<void>
  stop(): Promise<void>
}

export interface CaddyOptions {
  /** `host:port` of each node. */
  nodes: readonly string[]
  port?: number
  /** With a certificate that it signs itself. */
  isHttps?: boolean
}

/** The first that repeats what a node refused: older ones understand deploy/Caddyfile, and do less. */
export const OLDEST = '2.11.3'

/** On the PATH, where `go install` puts it, or where `.ci/run` does. Null where there is none that is new enough. */
export function findCaddy(): string | null {
  found ??= { path: lookForCaddy() }
  return found.path
}

let found: { path: string | null } | undefined

function lookForCaddy(): string | null {
  const { PATH = '', GOPATH = '', HOME = '' } = process.env
  const ours = [join(GOPATH || join(HOME, 'go'), 'bin'), join(ROOT, '.tools/caddy-v2.11.9')]
  const paths = [...PATH.split(':'), ...ours].flatMap((folder) => Bun.which('caddy', { PATH: folder }) ?? [])
  return paths.find((path) => isNewEnough(Bun.spawnSync([path, 'version']).stdout.toString())) ?? null
}

/** By what `caddy version` says; who builds their own, which says no number, knows what they do. */
export function isNewEnough(said: string): boolean {
  const [, version] = /^v(\d+\.\d+\.\d+)/.exec(said) ?? []
  return version === undefined ? said.trim() !== '' : Bun.semver.order(version, OLDEST) >= 0
}

export async function startCaddy({
  nodes,
  port: given,
  isHttps = false,
}: CaddyOptions): Promise<CaddyServer> {
  const caddy = findCaddy()
  if (caddy === null) throw new Error(`there is no Caddy ${OLDEST} or newer on the PATH`)
  const folder = mkdtempSync(join(tmpdir(), 'warren-caddy-'))
  const port = given ?? (await findFreePort())
  const admin = `127.0.0.1:${await findFreePort()}`
  const file = join(folder, 'Caddyfile')
  writeFileSync(file, onThisMachine(admin))
  const config = ['--config', file, '--adapter', 'caddyfile']
  const env = {
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
    WARREN_SITE: isHttps ? `https://localhost:${port}` : `http://:${port}`,
    WARREN_NODES: nodes.join(' '),
  }
  const quiet = { env, stdin: 'ignore', stdout: 'ignore' } as const
  const spawn = () =>
    Bun.spawn(leashed([caddy, 'run', ...config]), { ...quiet, stderr: 'pipe', detached: true })
  let child = spawn()
  process.on('exit', () => child.kill('SIGKILL'))
  await untilReady(child)
  return {
    url: isHttps ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    get pid() {
      return child.pid
    },
    signal: (signal) => child.kill(signal),
    reload: async () => {
      const again = [caddy, 'reload', ...config, '--address', admin, '--force']
      const code = await Bun.spawn(again, { ...quiet, stderr: 'ignore' }).exited
      if (code !== 0) throw new Error(`Caddy did not reload: ${code}`)
    },
    start: async () => {
      await child.exited
      child = spawn()
      await untilReady(child)
    },
    stop: async () => {
      child.kill('SIGKILL')
      await child.exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What differs from a real one: the loopback alone, an own door for `reload`, nothing kept, nobody told to trust it. */
const onThisMachine = (admin: string): string => `{
	admin ${admin}
	default_bind 127.0.0.1
	persist_config off
	skip_install_trust
	auto_https disable_redirects
}
import ${join(ROOT, 'deploy/Caddyfile')}
`

async function untilReady(child: Bun.Subprocess<'ignore', 'ignore', 'pipe'>): Promise<void> {
  let said = ''
  const ready = Promise.withResolvers<void>()
  const listen = async (): Promise<void> => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      if (said.length < 10_000) said += text
      if (said.includes('serving initial configuration')) ready.resolve()
    }
    ready.reject(new Error(`Caddy did not start:\n${said}`))
  }
  listen().catch(ready.reject)
  await ready.promise
}
