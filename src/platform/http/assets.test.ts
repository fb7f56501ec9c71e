import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib'
import { openAssets } from './assets.ts'

const dir = mkdtempSync(join(tmpdir(), 'warren-assets-'))
const style = 'body{margin:0}'.repeat(100)
writeFileSync(
  join(dir, 'manifest.json'),
  JSON.stringify({ 'app.css': 'app-1.css', 'mark.svg': 'mark-1.svg' }),
)
writeFileSync(join(dir, 'app-1.css'), style)
writeFileSync(join(dir, 'app-1.css.br'), brotliCompressSync(style))
writeFileSync(join(dir, 'app-1.css.gz'), gzipSync(style))
writeFileSync(join(dir, 'mark-1.svg'), '<svg/>')

const assets = openAssets(dir)
const server = Bun.serve({
  port: 0,
  development: false,
  fetch: (request) => assets.respond(request) ?? new Response('a page'),
})
afterAll(() => server.stop(true))

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(new URL(path, server.url), { method, headers, decompress: false } as RequestInit)

test('a page names an asset by its logical name, and a misspelt one is a bug', () => {
  expect(assets.url('app.css')).toBe('/assets/app-1.css')
  expect(() => assets.url('ap.css')).toThrow('no asset is called ap.css')
})

test('an asset is kept for ever, and comes in the smallest form that the browser takes', async () => {
  const br = await get('/assets/app-1.css', { 'accept-encoding': 'gzip, deflate, br' })
  const gz = await get('/assets/app-1.css', { 'accept-encoding': 'gzip, br;q=0' })
  const plain = await get('/assets/app-1.css', { 'accept-encoding': 'identity' })

  expect(br.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(br.headers.get('content-type')).toBe('text/css; charset=utf-8')
  expect(br.headers.get('vary')).toBe('accept-encoding')
  expect([br, gz, plain].map((answer) => answer.headers.get('content-encoding'))).toEqual([
    'br',
    'gzip',
    null,
  ])
  expect(brotliDecompressSync(await br.bytes()).toString()).toBe(style)
  expect(Buffer.from(Bun.gunzipSync(await gz.bytes())).toString()).toBe(style)
  expect(await plain.text()).toBe(style)
})

test('a file without a smaller form comes as it is', async () => {
  const answer = await get('/assets/mark-1.svg', { 'accept-encoding': 'br' })

  expect(answer.headers.get('content-encoding')).toBeNull()
  expect(answer.headers.get('content-type')).toBe('image/svg+xml')
  expect(await answer.text()).toBe('<svg/>')
})

test('who has it already is told so, for the form they have', async () => {
  const first = await get('/assets/app-1.css', { 'accept-encoding': 'br' })
  const etag = first.headers.get('etag') ?? ''

  const again = await get('/assets/app-1.css', {
    'accept-encoding': 'br',
    'if-none-match': `W/"x", W/${etag}`,
  })
  const other = await get('/assets/app-1.css', { 'accept-encoding': 'gzip', 'if-none-match': etag })

  expect([again.status, other.status]).toEqual([304, 200])
})

test('HEAD tells the length and sends nothing', async () => {
  const answer = await get('/assets/mark-1.svg', {}, 'HEAD')

  expect(answer.headers.get('content-length')).toBe('6')
  expect(await answer.text()).toBe('')
})

test.each([
  'nothing.css',
  '',
  'manifest.json',
  'app-1.css.br',
  '../manifest.json',
  '%2e%2e/secret.css',
  'app-1.css%00.svg',
])('below /assets/, %p is not found', async (name) => {
  const answer = await get(`/assets/${name}`)

  expect([answer.status, await answer.text()]).toEqual(
    name.startsWith('..') || name.startsWith('%2e') ? [200, 'a page'] : [404, 'not found'],
  )
})

test('every other path is left to the pages, and nothing is written through an asset', async () => {
  expect(assets.respond(new Request('http://node/assetsx'))).toBeNull()
  expect((await get('/assets/app-1.css', {}, 'POST')).status).toBe(405)
})
