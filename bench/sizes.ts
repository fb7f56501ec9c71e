import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { openBrowser } from '../src/testing/browser.ts'
import { ROOT } from './machine.ts'
import { OWNER } from './warren.ts'

/** Bytes as they travel, gzip. */
export interface Sizes {
  scripts: number
  style: number
  signInPage: number
  /** The scripts of the first chat page, largest first. */
  parts: Record<string, number>
}

/** B14: what a browser without a cache loads to show a first chat, from the node at `url`, at a chat of the owner. */
export async function measureSizes(url: string): Promise<Sizes> {
  const signIn = await fetch(`${url}/login`)
  const signInPage = Bun.gzipSync(await signIn.bytes()).length
  const loaded = await loadFirstChat(url)
  const sizes = new Map([...loaded].map((name) => [name, gzippedSize(name)]))
  const scripts = [...sizes].filter(([name]) => name.endsWith('.js')).toSorted(([, a], [, b]) => b - a)
  const styles = [...sizes].filter(([name]) => name.endsWith('.css'))
  return { scripts: sum(scripts), style: sum(styles), signInPage, parts: Object.fromEntries(scripts) }
}

const sum = (sizes: readonly [string, number][]): number => sizes.reduce((total, [, size]) => total + size, 0)

/** As it was made at build, which is what the node sends. */
const gzippedSize = (name: string): number => readFileSync(join(ROOT, 'static/build', `${name}.gz`)).length

/** Names of the scripts and styles that come until all islands of the page are alive and the network is quiet. */
async function loadFirstChat(url: string): Promise<ReadonlySet<string>> {
  const browser = await openBrowser()
  const page = await browser.newPage()
  const loaded = new Set<string>()
  await page.goto(`${url}/login`)
  await page.fill('[name=email]', OWNER.email)
  await page.fill('[name=password]', OWNER.password)
  await Promise.all([
    page.waitForURL((at) => !at.pathname.startsWith('/login')),
    page.press('[name=password]', 'Enter'),
  ])
  const { data } = await page.evaluate(async () => (await fetch('/api/chats')).json())
  page.on('response', (response) => {
    const name = basename(new URL(response.url()).pathname)
    if (/\.(js|css)$/.test(name)) loaded.add(name)
  })
  await page.goto(`${url}/chats/${data[0].id}`, { waitUntil: 'networkidle' })
  await page.waitForFunction(() => document.querySelector('warren-island:not([data-alive])') === null)
  await browser.close()
  return loaded
}
