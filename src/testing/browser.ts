import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { notRun } from './notRun.ts'

/** Debian's Chromium. No browser is downloaded: what is tested is what people install. */
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

/** As root and without a GPU, and silent on the network: only the node under test is asked for anything. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Where screenshots of a run are kept. */
export const SHOTS = join(import.meta.dir, '../../.artifacts/screenshots')

/** One browser with its own empty profile: one person at one machine. */
export interface Browser {
  context: BrowserContext
  newPage(): Promise<Page>
  close(): Promise<void>
}

/** Whether a browser is here. When it is not, the tests of `what` are noted as not run. */
export function hasBrowser(what: string): boolean {
  if (CHROMIUM === undefined) notRun(what, 'no chromium on this machine')
  return CHROMIUM !== undefined
}

/** Opens a browser; `hasBrowser` must have said yes. A desktop of 1440 px unless told otherwise. */
export async function openBrowser(options: BrowserContextOptions = {}): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('no chromium: ask hasBrowser() first')
  const profile = mkdtempSync(join(tmpdir(), 'warren-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: FLAGS,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    ...options,
  })
  return {
    context,
    newPage: () => context.newPage(),
    close: async () => {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

/** Keeps a picture of the page for whoever reads the run's output. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: join(SHOTS, `${name}.png`), animations: 'disabled' })
}
