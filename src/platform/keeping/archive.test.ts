import { expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packTar } from 'modern-tar'
import { BadArchive, type Part, readArchive, writeArchive } from './archive.ts'
import { load } from './load.ts'
import type { Manifest } from './manifest.ts'

const folder = mkdtempSync(join(tmpdir(), 'warren-archive-'))
const text = (part: Part) => `${part.name}: ${new TextDecoder().decode(part.bytes)}`
const part = (name: string, content: string): Part => ({ name, bytes: Buffer.from(content) })

async function* parts(...all: Part[]) {
  yield* all
}

async function read(path: string): Promise<string[]> {
  const found: string[] = []
  for await (const each of readArchive(path)) found.push(text(each))
  return found
}

/** A file of somebody who can pack, with whatever they say of it. */
async function forge(name: string, ...all: Part[]): Promise<string> {
  const path = join(folder, name)
  const entries = all.map(({ name: inside, bytes }) => ({
    header: { name: inside, size: bytes.length, type: 'file' as const },
    body: new Uint8Array(bytes),
  }))
  writeFileSync(path, Bun.zstdCompressSync(await packTar(entries)))
  return path
}

const A_HASH = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb' // of "a"

test('what was written is read, part by part, for its owner only', async () => {
  const path = join(folder, 'whole.tar.zst')

  await writeArchive(path, parts(part('one', 'a'), part('rows/two', 'ёж\n')))

  expect(await read(path)).toEqual(['one: a', 'rows/two: ёж\n'])
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('what fails on the way leaves nothing', async () => {
  async function* failing() {
    yield part('one', 'a')
    throw new Error('the disk is gone')
  }

  const written = writeArchive(join(folder, 'half.tar.zst'), failing())

  expect(String(await written.catch((error) => error))).toContain('the disk is gone')
  expect(readdirSync(folder).filter((name) => name.startsWith('half'))).toEqual([])
})

test.each<[string, Part[], string]>([
  ['lacks its end', [part('one', 'a')], 'is cut off'],
  [
    'holds another part than was written',
    [part('one', 'b'), part('SHA256SUMS', `${A_HASH}  one\n`)],
    'one is not what was written',
  ],
  ['lacks a part', [part('SHA256SUMS', `${A_HASH}  one\n`)], 'a part is missing'],
  ['goes on behind its end', [part('SHA256SUMS', ''), part('one', 'a')], 'goes on behind its end'],
])('an archive that %s is refused', async (_, all, why) => {
  const path = await forge('forged.tar.zst', ...all)

  const error = await read(path).catch((thrown) => thrown)

  expect(error).toBeInstanceOf(BadArchive)
  expect(error.message).toContain(why)
})

test('rows that are not as many as the manifest says, or of no table of it, are refused', async () => {
  const manifest = { tables: [{ name: 'settings', columns: [], rows: 2 }] } as unknown as Manifest
  const loading = (...all: Part[]) =>
    load(manifest, parts(...all), async () => {}).catch((error) => error.message)

  expect(await loading(part('rows/settings/000001.jsonl', '["a","b"]\n'))).toContain(
    '1 rows of settings, and 2',
  )
  expect(await loading(part('rows/secrets/000001.jsonl', '["a"]\n'))).toContain('does not name')
})
