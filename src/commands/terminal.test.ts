import { expect, test } from 'bun:test'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MAIN = join(import.meta.dir, '../main.ts')

/** Types each answer when its question is on the screen, and returns all that was ever on it. */
async function talk(words: string[], answers: [question: string, keys: string][]) {
  let screen = ''
  const command = Bun.spawn([process.execPath, MAIN, ...words], {
    cwd: mkdtempSync(join(tmpdir(), 'warren-terminal-')),
    env: { PATH: process.env.PATH ?? '' },
    terminal: {
      data(terminal, bytes) {
        screen += new TextDecoder().decode(bytes)
        const [next] = answers
        if (next && screen.includes(next[0])) {
          answers.shift()
          terminal.write(next[1])
        }
      },
    },
  })
  const exit = await command.exited
  return { exit, screen }
}

const WORDS = ['user', 'create', 'ada@example.org']

test('at a terminal a password is typed twice, mended, and never shown', async () => {
  const { exit, screen } = await talk(WORDS, [
    ['Password: ', 'correct horsX\u007fe battery\r'],
    ['Once more: ', 'correct horse battery\r'],
  ])

  expect(exit).toBe(0)
  expect(screen).toContain('ada  ada@example.org  owner')
  expect(screen).not.toContain('horse')
})

test('two passwords that differ change nothing, nor does an interrupt', async () => {
  const differ = await talk(WORDS, [
    ['Password: ', 'correct horse battery\r'],
    ['Once more: ', 'correct house battery\r'],
  ])
  const interrupted = await talk(WORDS, [['Password: ', 'corr\u0003']])

  expect(differ.exit).toBe(2)
  expect(differ.screen).toContain('the two differ. Nothing was changed.')
  expect(interrupted.exit).toBe(1)
  expect(interrupted.screen).toContain('interrupted. Nothing was changed.')
})
