import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { type Browser, hasBrowser, openBrowser } from '../../src/testing/browser.ts'

// The element and htmx as they are shipped, under the content policy of the product, with an island of the test's own.
const REGISTRY = `
  import { h } from 'preact'
  import { useEffect, useState } from 'preact/hooks'
  function Counter({ start, label }) {
    const [count, setCount] = useState(start)
    useEffect(() => () => { window.cleaned = (window.cleaned ?? 0) + 1 }, [])
    return h('button', { onClick: () => setCount(count + 1) }, label + ' ' + count)
  }
  function Clock({ label }) { return h('time', null, label) }
  export const islands = { Counter: async () => Counter, Clock: async () => Clock }`

const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
const counter = (label: string, start = 1) =>
  `<warren-island name="Counter" props='{"start":${start},"label":"${label}"}' hx-morph-skip-children><button>${label} ${start}</button></warren-island>`
const PAGE = `<!doctype html><title>islands</title><script type="module" src="/client.js"></script>
  <script type="module" src="/htmx.js"></script><main>${counter('tea')}</main>
  <a hx-get="/other" hx-target="main" hx-swap="innerHTML">other</a>
  <a hx-get="/morphed" hx-target="main" hx-swap="innerMorph">morph</a>`

async function bundle(): Promise<Record<string, string>> {
  const { outputs } = await Bun.build({
    entrypoints: ['client', 'htmx'].map((name) => `${import.meta.dir}/${name}.ts`),
    target: 'browser',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [
      {
        name: 'the island of the test',
        setup: (build) => {
          build.onLoad({ filter: /registry\.ts$/ }, () => ({ contents: REGISTRY, loader: 'js' }))
        },
      },
    ],
  })
  const scripts = await Promise.all(outputs.map((output) => output.text()))
  return { '/client.js': scripts[0] ?? '', '/htmx.js': scripts[1] ?? '' }
}

describe.if(hasBrowser('islands in a browser'))('an island', () => {
  let browser: Browser
  let server: ReturnType<typeof Bun.serve>
  const errors: string[] = []

  beforeAll(async () => {
    const scripts = await bundle()
    const html = (body: string) =>
      new Response(body, { headers: { 'content-type': 'text/html', 'content-security-policy': CSP } })
    const pages: Record<string, string> = {
      '/other': counter('rum', 5),
      '/morphed': counter('milk'),
      '/': PAGE,
    }
    server = Bun.serve({
      port: 0,
      fetch: (request) => {
        const { pathname } = new URL(request.url)
        const script = scripts[pathname]
        if (script !== undefined)
          return new Response(script, { headers: { 'content-type': 'text/javascript' } })
        return html(pages[pathname] ?? '')
      },
    })
    browser = await openBrowser()
  }, 30_000)

  afterAll(async () => {
    await browser.close()
    await server.stop(true)
  })

  async function open(): Promise<Page> {
    const page = await browser.newPage()
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(error.message))
    await page.addInitScript(() => {
      addEventListener('DOMContentLoaded', () => {
        document.querySelector('button')?.setAttribute('data-from', 'server')
      })
    })
    await page.goto(server.url.href)
    await page.waitForSelector('warren-island[data-alive]')
    return page
  }

  const text = (page: Page) => page.textContent('main')

  test('comes to life in the nodes that the server sent', async () => {
    const page = await open()

    await page.click('main button')

    expect(await text(page)).toBe('tea 2')
    expect(await page.getAttribute('main button', 'data-from')).toBe('server')
  })

  test('that a swap brings comes to life, and the one it takes away is cleaned up', async () => {
    const page = await open()

    await page.click('text=other')
    await page.waitForFunction(() => document.querySelector('main')?.textContent === 'rum 5')
    await page.waitForSelector('warren-island[data-alive]')
    await page.click('main button')

    expect(await text(page)).toBe('rum 6')
    await page.waitForFunction(() => (window as { cleaned?: number }).cleaned === 1)
  })

  test('keeps its state through a morph and takes the new props', async () => {
    const page = await open()
    await page.click('main button')

    await page.click('text=morph')
    await page.waitForFunction(() => document.querySelector('main')?.textContent?.startsWith('milk'))

    expect(await text(page)).toBe('milk 2')
    expect(await page.evaluate(() => (window as { cleaned?: number }).cleaned)).toBeUndefined()
  })

  test('keeps its state when it is moved, and gives its place to one of another name', async () => {
    const page = await open()
    await page.click('main button')

    await page.evaluate(() => {
      const island = document.querySelector('warren-island') as Element
      document.body.append(island)
    })
    expect(await page.textContent('warren-island')).toBe('tea 2')

    await page.evaluate(() => document.querySelector('warren-island')?.setAttribute('name', 'Clock'))
    await page.waitForFunction(
      () => document.querySelector('warren-island')?.innerHTML === '<time>tea</time>',
    )
  })

  test('and htmx need nothing that the content policy forbids', async () => {
    const page = await open()

    const settings = await page.evaluate(() => {
      const { config } = (window as unknown as { htmx: { config: Record<string, unknown> } }).htmx
      return [config.mode, config.includeIndicatorCSS, document.adoptedStyleSheets.length]
    })

    expect(settings).toEqual(['same-origin', false, 0])
    expect(errors).toEqual([])
  })
})
