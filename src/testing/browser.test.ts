import { expect, test } from 'bun:test'
import { hasBrowser, openBrowser } from './browser.ts'

test.if(hasBrowser('a browser opens a page'))(
  'a browser opens a page at the width it was asked for',
  async () => {
    const server = Bun.serve({
      port: 0,
      fetch: () =>
        new Response('<!doctype html><meta name="viewport" content="width=device-width"><title>hi</title>', {
          headers: { 'content-type': 'text/html' },
        }),
    })
    const browser = await openBrowser({ viewport: { width: 390, height: 800 } })

    const page = await browser.newPage()
    await page.goto(server.url.href)

    expect(await page.title()).toBe('hi')
    expect(await page.evaluate(() => document.documentElement.clientWidth)).toBe(390)
    await browser.close()
    await server.stop(true)
  },
  30_000,
)
