import { expect, test } from 'bun:test'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { noteAnswer } from './access.ts'
import { readAsker } from './asker.ts'

/** The lines that a node on this level logs of one answer to `/reset/a-secret`. */
function linesOf(level: string, { status = 200, tookMs = 5, route = '/reset/:token' }): unknown[] {
  const lines: unknown[] = []
  const log = createLog(level, 'json', { write: (line: string) => void lines.push(JSON.parse(line)) })
  const request = new Request('http://localhost/reset/a-secret?token=tea', { headers: { cookie: 'a=b' } })
  const asker = readAsker(request, '192.0.2.1', { trusted: { has: () => false }, baseUrl: null })
  asker.route = route
  const began = performance.now() - tookMs
  noteAnswer({ log, metrics: createMetrics() }, { asker, method: 'GET', status, began })
  return lines
}

test('a request that failed or was slow has a line for everybody, any other for whoever looks closely', () => {
  expect(linesOf('info', {})).toEqual([])
  expect(linesOf('info', { status: 404 })).toEqual([])
  expect(linesOf('info', { status: 500 })).toMatchObject([{ level: 'info', msg: 'request', status: 500 }])
  expect(linesOf('info', { tookMs: 1100 })).toMatchObject([{ level: 'info', status: 200 }])
  expect(linesOf('debug', {})).toMatchObject([
    { level: 'debug', method: 'GET', route: '/reset/:token', status: 200 },
  ])
})

test('the line of a request names neither its path, nor what came with it, nor from where (S-66)', () => {
  expect(JSON.stringify(linesOf('debug', { status: 500 }))).not.toMatch(/a-secret|tea|cookie|192\.0\.2/)
})

test('whoever supervises the node and hears "no" every second does not fill the log', () => {
  expect(linesOf('info', { status: 503, route: '/readyz' })).toEqual([])
})
