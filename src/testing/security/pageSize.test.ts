import { expect, test } from 'bun:test'
import { startTestNode } from '../node.ts'

test('a page travels compressed to who asked for it, and at full size to who was sent by another site', async () => {
  const node = await startTestNode()
  await node.person('ann')
  const ask = (site: string) =>
    fetch(`${node.url}/login`, {
      headers: { 'sec-fetch-site': site, 'accept-encoding': 'gzip' },
      decompress: false,
    } as RequestInit)

  const [own, foreign] = await Promise.all([ask('none'), ask('cross-site')])

  expect(own.headers.get('content-encoding')).toBe('gzip')
  expect(foreign.headers.get('content-encoding')).toBeNull()
  expect(own.headers.get('content-security-policy')).toBe(foreign.headers.get('content-security-policy'))
  expect(new TextDecoder().decode(Bun.gunzipSync(await own.bytes()))).toBe(await foreign.text())
  await node.stop()
})
