import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

// `bun script/test.ts [patterns]` checks and runs the tests; `--ci` runs what only `.ci/run` does, which has the
// executable and every service. `.ci/run` names two files by environment: WARREN_TALLY takes the counts of each step,
// WARREN_NOT_RUN the tests that something missing kept from running.

const ROOT = join(import.meta.dir, '..')
const ARTIFACTS = join(ROOT, '.artifacts')
/** `TEST_ENGINE=postgres`: on the other engine (`src/testing/databases.ts`). */
const NAME = process.env.TEST_ENGINE === 'postgres' ? 'tests on PostgreSQL' : 'tests'
const TALLY = process.env.WARREN_TALLY
const NOT_RUN = process.env.WARREN_NOT_RUN ?? join(ARTIFACTS, 'not-run.txt')

interface Counts {
  passed: number
  failed: number
  /** Left out for want of something; for `.ci/run`, which has everything, a failure. */
  skipped: number
}

async function main(): Promise<number> {
  const args = process.argv.slice(2)
  const onlyCi = args.includes('--ci')
  const patterns = args.filter((arg) => arg !== '--ci')
  mkdirSync(ARTIFACTS, { recursive: true })
  if (TALLY === undefined) rmSync(NOT_RUN, { force: true })

  const prepared = onlyCi ? [] : await prepare(patterns)
  const tests = onlyCi
    ? await runTests('ci', ['--path-ignore-patterns=none', '--timeout=120000', '.ci.test.ts'])
    : await runTests(NAME, ['--timeout=20000', ...patterns])
  return report(onlyCi ? 'ci tests' : NAME, [...prepared, tests])
}

/** The checks count as one test each; with patterns somebody is at work on a part and wants only its tests. */
async function prepare(patterns: string[]): Promise<Counts[]> {
  const check = patterns.length === 0 ? [await step([join(ROOT, 'script/check')])] : []
  return [...check, await step([process.execPath, join(ROOT, 'script/build.ts'), '--browser'])]
}

async function step(command: string[]): Promise<Counts> {
  const code = await Bun.spawn(command, { cwd: ROOT, stdin: 'ignore', stdout: 'inherit', stderr: 'inherit' })
    .exited
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
}

async function runTests(name: string, args: string[]): Promise<Counts> {
  const xml = join(ARTIFACTS, `${name}.xml`)
  rmSync(xml, { force: true })
  const reporter = ['--reporter=junit', `--reporter-outfile=${xml}`]
  const run = Bun.spawn([process.execPath, '--no-env-file', 'test', ...reporter, ...args], {
    cwd: ROOT,
    env: { ...process.env, WARREN_NOT_RUN: NOT_RUN },
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
  })
  const code = await run.exited
  return countTests(existsSync(xml) ? readFileSync(xml, 'utf8') : '', code)
}

/** A run that broke off wrote no report, and an error between tests is in none: its exit code is a failure then. */
export function countTests(junit: string, exitCode: number): Counts {
  const head = /<testsuites [^>]*>/.exec(junit)?.[0] ?? ''
  const count = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0)
  const failed = count('failures') + count('errors')
  const skipped = count('skipped')
  const passed = count('tests') - failed - skipped
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped }
}

function report(name: string, counts: Counts[]): number {
  const sum = (key: keyof Counts) => counts.reduce((total, each) => total + each[key], 0)
  const passed = sum('passed')
  const failed = sum('failed') + (TALLY === undefined ? 0 : sum('skipped'))
  if (TALLY !== undefined) appendFileSync(TALLY, `${passed} ${failed} ${name}\n`)
  if (TALLY === undefined && existsSync(NOT_RUN)) console.log(readFileSync(NOT_RUN, 'utf8').trimEnd())
  console.log(`${TALLY === undefined ? '' : `${name}: `}${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

if (import.meta.main) process.exit(await main())
