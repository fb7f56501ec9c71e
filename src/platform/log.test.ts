import { expect, test } from 'bun:test'
import { createLog, toText } from './log.ts'
import { readTrace, within } from './trace.ts'

/** A log whose lines can be read. */
function openLog(level = 'debug') {
  const lines: string[] = []
  const log = createLog(level, 'json', { write: (line: string) => void lines.push(line) })
  const last = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}')
  return { log, lines, last }
}

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

test('every line that belongs to a request says to which, and to which trace; the others say nothing', async () => {
  const { log, last } = openLog()
  const trace = readTrace(null, 'a-request')

  log.info('outside')
  expect(Object.keys(last())).toEqual(['level', 'time', 'msg'])
  await within(trace, async () => {
    await new Promise((resolve) => setImmediate(resolve))
    log.info({ chats: 2 }, 'inside')
  })

  expect(last()).toMatchObject({
    request_id: 'a-request',
    trace_id: trace.traceId,
    span_id: trace.spanId,
    chats: 2,
    msg: 'inside',
  })
})

test('a secret that somebody logs by mistake is not in the log (S-66)', () => {
  const { log, lines } = openLog()
  const secrets = {
    password: 'tea at half past four',
    token: 'tea at half past four',
    access_token: 'tea at half past four',
    cookie: 'tea at half past four',
    authorization: 'tea at half past four',
    email: 'tea at half past four',
    content: 'tea at half past four',
    body: 'tea at half past four',
  }

  log.info(secrets, 'flat')
  log.info({ user: secrets }, 'nested')
  log.info({ headers: { cookie: 'tea at half past four' } }, 'headers')

  expect(lines.join('')).not.toContain('half past four')
  expect(lines).toHaveLength(3)
})

test('of an error the log keeps its name, code, words and place, and nothing that a library hung on it (S-66)', () => {
  const { log, lines, last } = openLog()
  const error = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (email)=(ann@example.org) already exists.',
    parameters: ['ann@example.org'],
    command: { args: ['SET', 'ticket:a-secret'] },
  })

  log.error({ err: error }, 'bug')

  expect(last().err).toMatchObject({ type: 'Error', code: '23505', message: 'duplicate key' })
  expect((last().err as { stack: string }).stack).toContain('log.test.ts')
  expect(lines.join('')).not.toMatch(/ann@|a-secret/)
})

test.each([
  ['an address', 'no such user: ann.lee+tea@mail.example.org!', 'no such user: [e-mail]!'],
  ['an address in other letters', 'кому: аня@почта.рф', 'кому: [e-mail]'],
  ['an access token', 'bad eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here', 'bad [token] here'],
  ['a header', 'sent Authorization: Bearer abc.def-ghi', 'sent Authorization: Bearer [token]'],
  ['the password of a URL', 'postgres://warren:tea@db/x is away', 'postgres://[redacted]@db/x is away'],
  ['a link with a token', '/reset?reset_token=abc&x=1', '/reset?reset_token=[redacted]&x=1'],
])('what an error says is cleaned of %s', (_, said, kept) => {
  const { log, last } = openLog()

  log.error({ err: new Error(said, { cause: new Error(said) }) }, 'bug')

  expect(last().err).toMatchObject({ message: kept, cause: { message: kept } })
})

test('what is thrown may be anything, also without end', () => {
  const { log, last } = openLog()
  const loop = new Error('round')
  loop.cause = loop

  log.error({ err: 'ann@example.org' }, 'text')
  expect(last().err).toMatchObject({ type: 'string', message: '[e-mail]' })
  log.error({ err: loop }, 'loop')
  expect(last().msg).toBe('loop')
  log.error({ err: new Error('x'.repeat(1_000_000)) }, 'long')
  expect(JSON.stringify(last()).length).toBeLessThan(20_000)
})
