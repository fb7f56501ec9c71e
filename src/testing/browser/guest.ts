import type { BrowserContextOptions, Page } from 'playwright-core'
import { type Browser, openBrowser } from '../browser.ts'
import { PASSWORD } from '../node.ts'

// Somebody at a browser, who does what people do: reads words, writes, clicks. Nothing here knows the API.

export interface Guest {
  browser: Browser
  page: Page
  /** What the browser complained about. */
  trouble: string[]
}

/** One person at one machine. */
export async function arrive(url: string, options: BrowserContextOptions = {}): Promise<Guest> {
  const browser = await openBrowser({ permissions: ['clipboard-read', 'clipboard-write'], ...options })
  const page = await browser.newPage()
  page.setDefaultTimeout(15_000)
  const trouble: string[] = []
  page.on('dialog', (dialog) => void dialog.accept())
  page.on('pageerror', (error) => void trouble.push(error.stack ?? error.message))
  page.on('console', (line) => {
    if (line.type() === 'error' && !/status of (403|422)/.test(line.text())) trouble.push(line.text())
  })
  await page.goto(url)
  return { browser, page, trouble }
}

export async function fillAccount(page: Page, username: string, fullName: string): Promise<void> {
  await page.fill('#full_name', fullName)
  await page.fill('#email', `${username}@example.org`)
  await page.fill('#username', username)
  await page.fill('#password', PASSWORD)
  await page.click('button.primary')
}

export async function signIn(page: Page, username: string): Promise<void> {
  await page.fill('#email', `${username}@example.org`)
  await page.fill('#password', PASSWORD)
  await page.click('button.primary')
}

/** Turns back to the window, which then comes back to the node at once (U59). */
export const looksAgain = (page: Page): Promise<unknown> =>
  page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))

/** Until everything on the page is alive. */
export const isAlive = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => {
    const all = [...document.querySelectorAll('warren-island')]
    return all.length > 0 && all.every((island) => island.hasAttribute('data-alive'))
  })

/** Writes where the focus is: whoever opens a chat can write at once. */
export async function say(page: Page, text: string): Promise<void> {
  await page.locator('#composer textarea:focus').waitFor()
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

export const message = (page: Page, text: string) => page.locator(`article.message:has-text("${text}")`)

/** Until the message is shown as stored. */
export const hears = (page: Page, text: string): Promise<void> =>
  page.locator(`article.message:not(.waiting):has-text("${text}")`).last().waitFor()

/** The texts of all messages; what is not painted yet has no inner text. */
export const said = async (page: Page): Promise<string[]> =>
  (await page.locator('article.message .message-text').allTextContents()).map((text) => text.trim())

/** The first person opens the warren, invites a second by a link, and both are in #general. */
export async function openWarren(url: string): Promise<{ ann: Guest; bo: Guest }> {
  const ann = await arrive(url)
  await fillAccount(ann.page, 'ann', 'Ann Lee')
  await isAlive(ann.page)
  const bo = await arrive(await invite(ann.page))
  await fillAccount(bo.page, 'bo', 'Bo Lind')
  await isAlive(bo.page)
  return { ann, bo }
}

/** An invite into #general, copied as people copy it. */
async function invite(page: Page): Promise<string> {
  const home = page.url()
  await page.click('.rail-item[href="/people"]')
  await page.click('a[href="/people/invites"]')
  await page.locator('label.check:has-text("general") input').check()
  await page.click('#invite button[type=submit]')
  await page.click('.invite.card button:has-text("Copy")')
  await page.waitForSelector('.invite.card button:has-text("Copied")')
  const link = await page.evaluate(() => navigator.clipboard.readText())
  await page.goto(home)
  await isAlive(page)
  return link
}
