import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockFolder } from './lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'warren-lock-'))
afterAll(() => rmSync(folder, { recursive: true }))

const HOLD = `
  const { lockFolder } = await import(${JSON.stringify(join(import.meta.dir, 'lock.ts'))})
  globalThis.kept = lockFolder(${JSON.stringify(folder)})
  console.log('held')
  setInterval(() => {}, 1000)
`

test('a data folder has one Warren at a time, also within one process', () => {
  const lock = lockFolder(folder)

  expect(() => lockFolder(folder)).toThrow('in use by another Warren')
  lock.release()
  lockFolder(folder).release()
  expect(readdirSync(folder)).toEqual(['lock'])
})

test('another process is kept out, and kill -9 frees the folder', async () => {
  const child = Bun.spawn([process.execPath, '-e', HOLD], { stdout: 'pipe', stderr: 'inherit' })
  const { value } = await child.stdout.getReader().read()
  expect(new TextDecoder().decode(value)).toBe('held\n')

  const refused = (() => {
    try {
      lockFolder(folder).release()
      return null
    } catch (error) {
      return error
    }
  })()
  child.kill('SIGKILL')
  await child.exited

  expect(refused).toMatchObject({ exit: 4 })
  lockFolder(folder).release()
})

test('a folder that is not there is said to be the reason', () => {
  expect(() => lockFolder(join(folder, 'missing'))).toThrow('cannot be opened')
})
