import { expect, test } from 'bun:test'
import { join } from 'node:path'

const run = (...args: string[]) => {
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    [process.execPath, '--no-env-file', join(import.meta.dir, 'run.ts'), ...args],
    { env: { ...process.env, WARREN_NOT_RUN: '/dev/null' } },
  )
  return { exitCode, said: `${stdout}${stderr}` }
}

test.each([
  [['--bogus'], "error: Unknown option '--bogus'"],
  [['extra'], "error: Unexpected argument 'extra'"],
  [['--nodes', '9'], 'error: --nodes takes 1 to 8'],
  [['--port', '80800'], 'error: --nodes takes 1 to 8, --port a port'],
])('script/cluster says what was wrong with %p, and how it is used', (args, words) => {
  const { exitCode, said } = run(...args)

  expect(exitCode).toBe(2)
  expect(said).toStartWith(words)
  expect(said).toEndWith('script/cluster [--nodes N] [--port N] [--data DIR]: see docs/operate/cluster.md\n')
})

test('asked for help it starts nothing', () => {
  expect(run('--help')).toEqual({ exitCode: 0, said: expect.stringMatching(/^script\/cluster \[/) })
})
