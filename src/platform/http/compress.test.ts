import { expect, test } from 'bun:test'
import { brotliDecompressSync } from 'node:zlib'
import { compressPage } from './compress.ts'

const page = `<!doctype html>${'<li>tea and something else</li>'.repeat(100)}`
const BROWSER = { 'accept-encoding': 'gzip, deflate, br, zstd', 'sec-fetch-site': 'same-origin' }

const ask = (headers: Record<string, string>, response = html(page)) =>
  compressPage(new Request('http://localhost/', { headers }), response)
const html = (body: string) =>
  new Response(body, {
    status: 422,
    headers: { 'content-type': 'text/html; charset=UTF-8', 'set-cookie': 'a=b' },
  })

test('a page comes compressed, as it was, with all that was said around it', async () => {
  const answer = await ask(BROWSER)

  expect([answer.status, answer.headers.get('set-cookie')]).toEqual([422, 'a=b'])
  expect(answer.headers.get('content-encoding')).toBe('br')
  expect(answer.headers.get('content-type')).toBe('text/html; charset=UTF-8')
  const bytes = await answer.bytes()
  expect(bytes.length).toBeLessThan(page.length / 10)
  expect(brotliDecompressSync(bytes).toString()).toBe(page)
})

test('without HTTPS, where browsers take no Brotli, it comes as gzip', async () => {
  const answer = await ask({ ...BROWSER, 'accept-encoding': 'gzip, deflate' })

  expect(answer.headers.get('content-encoding')).toBe('gzip')
  expect(new TextDecoder().decode(Bun.gunzipSync(await answer.bytes()))).toBe(page)
})

test.each([
  ['a browser that takes neither', { ...BROWSER, 'accept-encoding': 'gzip;q=0, zstd' }],
  ['a page of another site', { ...BROWSER, 'sec-fetch-site': 'cross-site' }],
  ['a page of another name below ours', { ...BROWSER, 'sec-fetch-site': 'same-site' }],
  ['a browser too old to say who made it ask', { 'accept-encoding': 'gzip' }],
])('for %s a page comes as it is: its size tells nothing', async (_, headers) => {
  const answer = await ask(headers as Record<string, string>)

  expect(answer.headers.get('content-encoding')).toBeNull()
  expect(answer.headers.get('vary')).toBe('Accept-Encoding, Sec-Fetch-Site')
  expect(await answer.text()).toBe(page)
})

test('what is small, empty or no page is left alone', async () => {
  const small = await ask(BROWSER, html('<p>gone</p>'))
  const json = await ask(BROWSER, Response.json({ text: page }))
  const empty = await ask(BROWSER, new Response(null, { status: 303, headers: { location: '/' } }))

  expect(await small.text()).toBe('<p>gone</p>')
  for (const answer of [small, json, empty]) expect(answer.headers.get('content-encoding')).toBeNull()
})

test.each([
  ['br', brotliDecompressSync],
  ['gzip', Bun.gunzipSync],
])('a large page is compressed as %s while others are answered', async (encoding, decompress) => {
  const large = `<!doctype html>${crypto.getRandomValues(Buffer.alloc(60_000)).toBase64().repeat(100)}`
  await ask({ ...BROWSER, 'accept-encoding': encoding })
  let turns = 0
  const turn = () => {
    turns++
    next = setImmediate(turn)
  }
  let next = setImmediate(turn)

  const answer = await ask({ ...BROWSER, 'accept-encoding': encoding }, html(large))
  clearImmediate(next)

  expect(turns).toBeGreaterThan(20)
  expect(answer.headers.get('content-encoding')).toBe(encoding)
  expect(Buffer.from(decompress(await answer.bytes())).toString()).toBe(large)
})
