import { expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepAlso } from './files.ts'

const aFile = (): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'warren-files-')), 'one')
  writeFileSync(path, 'what is kept')
  return path
}

const failing = (code: string) => () => {
  throw Object.assign(new Error(code), { code })
}

test('a file is kept under a second name, which costs no room', () => {
  const path = aFile()

  keepAlso(path, `${path}.also`)

  expect(statSync(`${path}.also`).ino).toBe(statSync(path).ino)
})

test.each(['EPERM', 'EXDEV', 'ENOTSUP'])('where there are no second names (%s) it is copied', (code) => {
  const path = aFile()

  keepAlso(path, `${path}.also`, failing(code))

  expect(readFileSync(`${path}.also`, 'utf8')).toBe('what is kept')
  expect(statSync(`${path}.also`).mode & 0o777).toBe(0o600)
})

test('what is there already is never written over', () => {
  const path = aFile()
  writeFileSync(`${path}.also`, 'kept before')

  expect(() => keepAlso(path, `${path}.also`)).toThrow('EEXIST')
  expect(() => keepAlso(path, `${path}.also`, failing('EPERM'))).toThrow('EEXIST')
  expect(readFileSync(`${path}.also`, 'utf8')).toBe('kept before')
})
