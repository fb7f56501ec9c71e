import { afterEach, beforeEach, expect, jest, test } from 'bun:test'
import type { Log } from '../log.ts'
import { tellLost } from './lost.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

function openTelling() {
  const lines: [code: string, msg: string, count?: number][] = []
  const error = ({ code, count }: { code: string; count?: number }, msg: string) => {
    lines.push(count === undefined ? [code, msg] : [code, msg, count])
  }
  return { lines, lose: tellLost({ error } as unknown as Log) }
}

const full = Object.assign(new Error('no space left'), { code: '53100' })
const gone = Object.assign(new Error('terminated'), { code: '57P01' })
const FIRST = 'database: a batch of writes is lost'
const MORE = 'database: more batches of writes are lost'

test('of a thousand lost batches the first of each kind is told, and each ten seconds how many more there were', () => {
  const { lines, lose } = openTelling()

  for (let i = 0; i < 1000; i++) lose(full)
  lose(gone)
  const atOnce = [...lines]
  jest.advanceTimersByTime(10_000)
  lose(full)
  lose(full)
  jest.advanceTimersByTime(10_000)

  expect(atOnce).toEqual([
    ['53100', FIRST],
    ['57P01', FIRST],
  ])
  expect(lines.slice(2)).toEqual([
    ['53100', MORE, 999],
    ['53100', MORE, 2],
  ])
})

test('what comes back after ten quiet seconds is told with all that is known of it', () => {
  const { lines, lose } = openTelling()

  lose(full)
  jest.advanceTimersByTime(10_000)
  lose(full)

  expect(lines).toEqual([
    ['53100', FIRST],
    ['53100', FIRST],
  ])
})
