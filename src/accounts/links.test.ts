import { expect, test } from 'bun:test'
import { settlePort } from '../config.ts'
import { mailOrigin } from './index.ts'

const originAt = (listen: string) => mailOrigin({ baseUrl: null, listen })

test('without a base URL links lead to where the node listens; everywhere is this machine', () => {
  expect(originAt('192.0.2.7:8080')).toBe('http://192.0.2.7:8080')
  for (const listen of [':8080', '0.0.0.0:8080', '[::]:8080'])
    expect(originAt(listen)).toBe('http://localhost:8080')
  expect(originAt('[::1]:8080')).toBe('http://[::1]:8080')
  expect(originAt('unix:/run/warren.sock')).toBe('http://localhost')
})

test('any free port is named once it is known; a chosen one, and a path, stay', () => {
  expect(settlePort(':0', 41234)).toBe(':41234')
  expect(settlePort('[::1]:0', 41234)).toBe('[::1]:41234')
  expect(settlePort(':8080', 8080)).toBe(':8080')
  expect(settlePort('unix:/run/w:0', undefined)).toBe('unix:/run/w:0')
})
