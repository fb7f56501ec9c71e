import { expect, test } from 'bun:test'
import { toText } from './log.ts'

test('a log line for a person shows the time of day, the weight, the words and the fields', () => {
  const line =
    '{"level":"info","time":"2026-01-02T03:04:05.678Z","msg":"listening","url":"http://x","tries":2}'

  expect(toText(line)).toBe('03:04:05.678 info  listening url=http://x tries=2\n')
})

test('what people wrote can neither colour the terminal nor forge a line (S-29)', () => {
  const forged = JSON.stringify({
    level: 'warn',
    time: '2026-01-02T03:04:05.678Z',
    msg: 'a\u001b[31m\nb',
    name: '\u202ex',
  })

  const shown = toText(forged)

  expect(shown).toBe('03:04:05.678 warn  a\\u001b[31m\\u000ab name=\\u202ex\n')
})
