import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { furnish } from '../../bench/warren.ts'
import { notRun } from '../testing/notRun.ts'
import { hasPostgres } from '../testing/postgres.ts'
import {
  ENGINES,
  newFolder,
  removeFolders,
  type Settings,
  startTeam,
  type Team,
  warren,
} from './keeping/scene.ts'

if (!hasPostgres) notRun('exporting PostgreSQL', 'no PostgreSQL 15')

afterAll(removeFolders)

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
type Line = { type: string } & Record<string, any>

const linesOf = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe.each(ENGINES)('an export of %s', (_, settings) => {
  let env: Settings
  let team: Team

  beforeAll(async () => {
    env = await settings()
    team = await startTeam(env)
  })
  afterAll(() => team.node.stop())

  test('says who is there, where, and what was said, while the node runs', async () => {
    const said = await warren('export jsonl', env)

    const lines = linesOf(said.out)
    const ofType = (type: string) => lines.filter((line) => line.type === type)
    expect(lines[0]).toMatchObject({ type: 'export', format: 1 })
    expect(ofType('user').map(({ username }) => username)).toEqual(['ada', 'ann', 'bo'])
    expect(ofType('chat').map(({ name }) => name)).toEqual(['Чай ☕', 'news'])
    expect(ofType('member')).toHaveLength(5)
    const [hello, right, gone] = ofType('message').filter(({ kind }) => kind === 'text')
    expect(hello).toMatchObject({
      content: 'Hello **bo**,\n"quotes" \\ and @bo',
      mentions: [team.people[2]?.id],
    })
    expect(hello?.reactions.map((one: Line) => one.emoji)).toEqual(['🐇', '🐇'])
    expect(hello?.pinned_at).toMatch(/^20\d\d-/)
    expect(right).toMatchObject({ content: 'right — ёж 🦔' })
    expect(right?.edited_at).not.toBeNull()
    expect(gone).toMatchObject({ content: '' })
    expect(gone?.deleted_at).not.toBeNull()
    expect(said.err).toBe(`${lines.length} lines.`)
  })

  test('holds no password, token, session or phone number', async () => {
    const { out } = await warren('export jsonl', env)

    expect(out).not.toMatch(/argon2|password|refresh|phone|31612345678|v1\./)
  })

  test('of one chat names who is or was in it; since a date leaves out what was said before', async () => {
    const [, news] = linesOf((await warren('export jsonl', env)).out).filter(({ type }) => type === 'chat')
    const file = `${newFolder()}.jsonl`

    const written = await warren(`export jsonl --chat ${news?.id} -o ${file}`, env)
    const future = linesOf((await warren('export jsonl --since 2999-01-01', env)).out)

    expect(written).toMatchObject({ exit: 0, out: '' })
    const lines = linesOf(readFileSync(file, 'utf8'))
    expect(lines.filter(({ type }) => type === 'user').map(({ username }) => username)).toEqual([
      'ada',
      'ann',
    ])
    expect(new Set(lines.map((line) => line.chat_id).filter(Boolean))).toEqual(new Set([news?.id]))
    expect(future.some(({ type }) => type === 'chat')).toBe(true)
    expect(future.some(({ type }) => type === 'message')).toBe(false)
  })

  test.each(['--chat tea', '--since yesterday'])('%s is told to be wrong', async (words) => {
    expect((await warren(`export jsonl ${words}`, env)).exit).toBe(2)
  })
})

test('who reads slowly through a pipe gets every line', async () => {
  const dataDir = newFolder()
  await furnish(dataDir, async (into) =>
    into.addMessages(into.addChat('channel', await into.addPeople(2)), 3000),
  )
  const slowly = '"$0" --no-env-file "$1" export jsonl | { sleep 0.5; wc -l; }'

  const child = Bun.spawn(['sh', '-c', slowly, process.execPath, join(import.meta.dir, '../main.ts')], {
    env: { PATH: process.env.PATH ?? '', WARREN_DATA_DIR: dataDir },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [lines, said] = await Promise.all([
    Bun.readableStreamToText(child.stdout),
    Bun.readableStreamToText(child.stderr),
  ])

  expect(Number(lines)).toBeGreaterThan(3000)
  expect(said.trim()).toBe(`${lines.trim()} lines.`)
})
