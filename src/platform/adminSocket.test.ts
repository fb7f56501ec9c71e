import { expect, test } from 'bun:test'
import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AdminHandler, askAdmin, NOT_RUNNING, openAdminSocket } from './adminSocket.ts'
import { refuse } from './errors.ts'
import { createLog } from './log.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'warren-admin-'))
const open = (dataDir: string, handle: AdminHandler) => openAdminSocket(dataDir, handle, createLog('silent'))

test('a command reaches the node through a socket that only its own people can open (S-49)', async () => {
  const dataDir = folder()
  const socket = open(dataDir, async (action, input) => ({ action, input }))

  expect(await askAdmin(dataDir, 'list_users', { limit: 2 })).toEqual({
    action: 'list_users',
    input: { limit: 2 },
  })
  expect(statSync(join(dataDir, 'admin.sock')).mode & 0o777).toBe(0o660)
  await socket?.close()
})

test('a refusal arrives as it was given, a bug without its words', async () => {
  const dataDir = folder()
  const socket = open(dataDir, async (action) => {
    if (action === 'bug') throw new Error('select password from users')
    return refuse('conflict', 'username_taken', { detail: 'taken' })
  })

  await expect(askAdmin(dataDir, 'create_user', {})).rejects.toMatchObject({
    code: 'conflict',
    reason: 'username_taken',
    details: { detail: 'taken' },
  })
  await expect(askAdmin(dataDir, 'bug', {})).rejects.toThrow('internal: bug')
  await socket?.close()
})

test('no node is no error, also where a dead one left its socket; the next node takes the place', async () => {
  const dataDir = folder()
  expect(await askAdmin(dataDir, 'x', {})).toBe(NOT_RUNNING)
  const script = `Bun.serve({unix: process.argv[1], fetch: () => new Response()}); process.kill(process.pid, 'SIGKILL')`
  await Bun.spawn([process.execPath, '-e', script, join(dataDir, 'admin.sock')]).exited
  expect(statSync(join(dataDir, 'admin.sock')).isSocket()).toBe(true)

  expect(await askAdmin(dataDir, 'x', {})).toBe(NOT_RUNNING)
  const socket = open(dataDir, async () => 'alive')
  expect(await askAdmin(dataDir, 'x', {})).toBe('alive')
  await socket?.close()
  expect(await askAdmin(dataDir, 'x', {})).toBe(NOT_RUNNING)
})

test('a folder whose path is too long for a socket is served without one', async () => {
  const dataDir = join(folder(), 'x'.repeat(120))

  expect(open(dataDir, async () => null)).toBeNull()
  expect(await askAdmin(dataDir, 'x', {})).toBe(NOT_RUNNING)
})

test('a file that is no socket is never removed', () => {
  const dataDir = folder()
  writeFileSync(join(dataDir, 'admin.sock'), 'mine')

  expect(() => open(dataDir, async () => null)).toThrow()
  expect(statSync(join(dataDir, 'admin.sock')).size).toBe(4)
})
