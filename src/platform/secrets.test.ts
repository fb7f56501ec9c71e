import { expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecrets, openSecrets } from './secrets.ts'

const emptyFolder = () => join(mkdtempSync(join(tmpdir(), 'warren-secrets-')), 'data')
const from = (dataDir: string) => openSecrets({ secretKey: null, secretKeyPrevious: null, dataDir })

test('secrets are made once, in a folder and a file that only their owner reads (S-49)', () => {
  const dataDir = emptyFolder()

  const first = from(dataDir)
  const second = from(dataDir)

  expect(second.keys('refresh')).toEqual(first.keys('refresh'))
  expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  expect(statSync(join(dataDir, 'secrets.toml')).mode & 0o777).toBe(0o600)
  expect(readdirSync(dataDir)).toEqual(['secrets.toml'])
})

test('a damaged secrets file is reported and left alone, never replaced by a new key (S-49)', () => {
  const dataDir = emptyFolder()
  from(dataDir)
  writeFileSync(join(dataDir, 'secrets.toml'), 'secret_key = "')

  expect(() => from(dataDir)).toThrow(/holds no secret_key: restore it from a backup/)
  expect(readFileSync(join(dataDir, 'secrets.toml'), 'utf8')).toBe('secret_key = "')
})

test('many nodes starting at once in one folder agree on one key', async () => {
  const dataDir = emptyFolder()
  const go = join(dataDir, '..', 'go')
  const script = `
    const { openSecrets } = require('${import.meta.dir}/secrets.ts')
    const { existsSync } = require('node:fs')
    console.log('ready')
    while (!existsSync('${go}')) {}
    console.log(openSecrets({ secretKey: null, secretKeyPrevious: null, dataDir: '${dataDir}' }).fingerprint)`
  const nodes = Array.from({ length: 4 }, () => {
    const reader = Bun.spawn([process.execPath, '-e', script]).stdout.getReader()
    return async () => new TextDecoder().decode((await reader.read()).value)
  })

  await Promise.all(nodes.map((read) => read()))
  writeFileSync(go, '')
  const printed = await Promise.all(nodes.map((read) => read()))

  expect(new Set(printed)).toEqual(new Set([`${from(dataDir).fingerprint}\n`]))
})

test('a set key wins over the folder, and writes nothing', () => {
  const dataDir = emptyFolder()

  const secrets = openSecrets({ secretKey: 'k'.repeat(40), secretKeyPrevious: null, dataDir })

  expect(secrets.fingerprint).toBe(createSecrets('k'.repeat(40)).fingerprint)
  expect(() => statSync(dataDir)).toThrow()
})

test('each purpose has its own 32 bytes', () => {
  const secrets = createSecrets('k'.repeat(40))

  expect(secrets.keys('refresh')[0]).toHaveLength(32)
  expect(secrets.keys('refresh')).not.toEqual(secrets.keys('invite'))
  expect(createSecrets('j'.repeat(40)).keys('refresh')).not.toEqual(secrets.keys('refresh'))
})

test('what is sealed opens under the same key only, and not when it was touched', () => {
  const secrets = createSecrets('k'.repeat(40))
  const sealed = secrets.seal('+7 900 000-00-00 ё')

  expect(sealed).not.toContain('900')
  expect(secrets.seal('+7 900 000-00-00 ё')).not.toBe(sealed)
  expect(secrets.open(sealed)).toBe('+7 900 000-00-00 ё')
  expect(() => createSecrets('j'.repeat(40)).open(sealed)).toThrow('sealed under another key')
  const touched = sealed.slice(0, -3) + (sealed.at(-3) === 'A' ? 'B' : 'A') + sealed.slice(-2)
  expect(() => secrets.open(touched)).toThrow()
  expect(() => secrets.open('nonsense')).toThrow('not a sealed value')
  expect(() => secrets.open(`v1.${secrets.fingerprint}.AAAA`)).toThrow('not a sealed value')
})
