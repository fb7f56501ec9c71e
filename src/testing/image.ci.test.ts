import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseDockerfile, valuesOf } from './dockerfile.ts'
import { findFreePort } from './freePort.ts'
import { notRun } from './notRun.ts'
import { ROOT, readTree, treeFiles } from './tree.ts'

// No Docker here: what the Dockerfile says is done by hand. Its commands run in a copy of what `.dockerignore` lets
// through, and its last stage is a folder that holds what the image would: the executable, its libraries, `/data`. Not
// done: the pulling of images, their layers, and Debian's files beside the executable (it has to do without them).

const dockerfile = parseDockerfile(readTree('Dockerfile'))
const USER = valuesOf(dockerfile, 'final', 'USER')[0] ?? ''
const [uid = 0, gid = 0] = USER.split(':').map(Number)

/** Only root may change its root, and its mounts. */
const mayMount = process.getuid?.() === 0 && Bun.spawnSync(['unshare', '--mount', 'true']).exitCode === 0
if (!mayMount) notRun('the image by hand', 'not root, or no right to mount')

const here = mkdtempSync(join(tmpdir(), 'warren-image-'))
const [source, image] = [join(here, 'src'), join(here, 'image')]
afterAll(() => rmSync(here, { recursive: true, force: true }))

beforeAll(() => {
  if (!mayMount) return
  mkdirSync(source)
  for (const { stage, name, value } of dockerfile) {
    if (stage === 'build' && name === 'COPY') copy(value.split(' '))
    if (stage === 'build' && name === 'RUN') run(value)
  }
  layOut(valuesOf(dockerfile, 'final', 'COPY'))
}, 600_000)

/** What the build is sent: the files of git, without those that are left out. */
const ignored = readTree('.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
const sent = treeFiles().filter((path) => !ignored.some((each) => isIn(path, each)))

function isIn(path: string, folder: string): boolean {
  return folder === '.' || path === folder || path.startsWith(`${folder}/`)
}

/** All of ours keep their place: `COPY script/bun-path script/`. */
function copy(words: readonly string[]): void {
  const paths = sent.filter((path) => words.slice(0, -1).some((each) => isIn(path, each)))
  for (const path of paths) {
    mkdirSync(join(source, dirname(path)), { recursive: true })
    copyFileSync(join(ROOT, path), join(source, path))
  }
}

function run(command: string): void {
  const { exitCode, stderr } = Bun.spawnSync(['sh', '-c', command], {
    cwd: source,
    stdout: 'ignore',
    stderr: 'pipe',
  })
  if (exitCode !== 0) throw new Error(`${command}: ${stderr.toString().slice(-2000)}`)
}

function layOut(copies: readonly string[]): void {
  expect(copies).toEqual(['--from=build /src/dist/warren /warren'])
  mkdirSync(image)
  copyFileSync(join(source, 'dist/warren'), join(image, 'warren'))
  const { stdout } = Bun.spawnSync(['ldd', join(image, 'warren')])
  for (const [path] of stdout.toString().matchAll(/\/\S+\.so\S*/g)) {
    mkdirSync(join(image, dirname(path)), { recursive: true })
    cpSync(path, join(image, path), { dereference: true })
  }
  for (const folder of ['proc', 'data']) mkdirSync(join(image, folder))
  chmodSync(join(image, 'data'), 0o700)
  chownSync(join(image, 'data'), uid, gid)
}

/** In a root of its own that cannot be written to, but for `/data`; as the user of the image, with its settings. */
function contain(words: readonly string[], port: number) {
  const script =
    'mount --bind "$0" "$0" && mount --bind "$0/data" "$0/data" && mount --bind /proc "$0/proc" && ' +
    'mount -o remount,bind,ro "$0" && user=$1 && shift && exec chroot --userspec="$user" "$0" "$@"'
  const entry = JSON.parse(valuesOf(dockerfile, 'final', 'ENTRYPOINT')[0] ?? '[]') as string[]
  const env = valuesOf(dockerfile, 'final', 'ENV').flatMap((line) =>
    line.split(' ').map((each) => each.split('=')),
  )
  return Bun.spawn(['unshare', '--mount', 'sh', '-c', script, image, USER, ...entry, ...words], {
    env: { ...Object.fromEntries(env), PATH: '/usr/sbin:/usr/bin:/sbin:/bin', WARREN_LISTEN: `:${port}` },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  })
}

test.if(mayMount)(
  'the image serves from one folder, as nobody in particular, and ends in order',
  async () => {
    const port = await findFreePort()
    const command = JSON.parse(valuesOf(dockerfile, 'final', 'CMD')[0] ?? '[]') as string[]
    const node = contain(command, port)
    const said = await node.stdout.getReader().read()

    const page = await fetch(`http://127.0.0.1:${port}/setup`)
    const healthcheck = await contain(['healthcheck'], port).exited
    node.kill('SIGTERM')

    expect(new TextDecoder().decode(said.value)).toContain('"msg":"listening"')
    expect([page.status, healthcheck, await node.exited]).toEqual([200, 0, 0])
    expect(readdirSync(image).sort()).toEqual(['data', 'lib', 'lib64', 'proc', 'warren'])
    expect(readdirSync(join(image, 'data'))).toContain('warren.db')
    expect(statSync(join(image, 'data/secrets.toml'))).toMatchObject({ uid, gid })
  },
  60_000,
)
