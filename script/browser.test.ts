import { beforeAll, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { buildBrowser } from './browser.ts'

const OUT = join(import.meta.dir, '../static/build')
const read = (name: string) => readFileSync(join(OUT, name))
const manifest = (): Record<string, string> => JSON.parse(read('manifest.json').toString())

beforeAll(buildBrowser)

test('every logical name leads to a file whose name changes with its content', () => {
  const names = Object.entries(manifest())

  expect(Object.keys(manifest())).toContainValues([
    'client.js',
    'htmx.js',
    'app.css',
    'icons.svg',
    'mark.svg',
  ])
  expect(
    names.filter(([, file]) => !/-[a-z0-9]{8,}\.\w+$/.test(file) || !existsSync(join(OUT, file))),
  ).toEqual([])
})

test('what is sent compressed is the same file, and smaller', () => {
  const pressed = readdirSync(OUT).filter((name) => name.endsWith('.br'))

  expect(pressed).not.toBeEmpty()
  for (const br of pressed) {
    const plain = read(br.slice(0, -3))
    expect(brotliDecompressSync(read(br)).equals(plain)).toBe(true)
    expect(gunzipSync(read(br.replace(/br$/, 'gz'))).equals(plain)).toBe(true)
    expect(read(br).length).toBeLessThan(plain.length)
  }
})

test('the style sheet needs nothing but assets, and says what its source says', () => {
  const css = read(manifest()['app.css'] ?? '').toString()
  const urls = [...css.matchAll(/url\(([^)]*)\)/g)].map((match) => match[1] ?? '')
  const assets = urls.filter((url) => !url.startsWith('"data:image/svg') && !url.startsWith('#'))

  expect(assets).not.toBeEmpty()
  expect(assets.filter((url) => !existsSync(join(OUT, url.replace('/assets/', ''))))).toEqual([])
  expect(css).toContain('light-dark(')
  expect(css).not.toContain('@import')
})

test('a second build takes nothing away from a page that is open', async () => {
  const before = readdirSync(OUT).sort()

  await Promise.all([buildBrowser(), buildBrowser()])

  expect(readdirSync(OUT).sort()).toEqual(before)
})
