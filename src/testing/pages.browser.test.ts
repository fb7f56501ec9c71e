import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { type Browser, hasBrowser, openBrowser } from './browser.ts'
import { PASSWORD, startTestNode, type TestNode } from './node.ts'

describe.if(hasBrowser('pages in a browser'))('in a browser', () => {
  let node: TestNode
  let browser: Browser
  let page: Page
  const wrong: string[] = []
  const at = () => new URL(page.url()).pathname

  beforeAll(async () => {
    node = await startTestNode()
    await node.person('ann')
    await node.person('bo')
    browser = await openBrowser()
    page = await browser.newPage()
    page.on('dialog', (dialog) => void dialog.accept())
    page.on('pageerror', (error) => void wrong.push(error.message))
    page.on('console', (line) => {
      if (line.type() === 'error' && !line.text().includes('status of 422')) wrong.push(line.text())
    })
    await page.goto(`${node.url}/login`)
    await page.fill('#email', 'ann@example.org')
    await page.fill('#password', PASSWORD)
    await page.click('button.primary')
    await page.waitForSelector('warren-island[data-alive]', { state: 'attached' })
    // Gone as soon as the document is loaded anew.
    await page.evaluate(() => document.documentElement.setAttribute('data-first', ''))
  }, 30_000)

  afterAll(async () => {
    await browser.close()
    await node.stop()
  })

  test('a channel is found to be missing, made, and opened without leaving the page', async () => {
    await page.click('.rail-item[href="/channels"]')
    await page.fill('input[type=search]', 'den')
    await page.waitForSelector('text=No channel by that name')
    const searched = page.url()
    await page.click('text=New channel')
    await page.fill('#create [name=name]', 'den')
    await page.click('#create button[type=submit]')
    await page.waitForSelector('h1:has-text("den")')

    expect(searched).toEndWith('/channels?query=den')
    expect(at()).toMatch(/^\/chats\/[0-9a-f-]{36}$/)
    expect(await page.title()).toBe('den · Warren')
  })

  test('a refused form says why where it stands, and what was written stays', async () => {
    await page.click('.member-count')
    await page.fill('#add-member [name=username]', 'nobody')
    await page.click('#add-member button')
    await page.waitForSelector('#add-member .wrong-text')

    expect(await page.textContent('#add-member .wrong-text')).toBe('There is nobody by that name.')
    expect(await page.inputValue('#add-member [name=username]')).toBe('nobody')
    expect(await page.locator('#composer').count()).toBe(1)
  })

  test('somebody is added and taken out, and the field is empty for the next', async () => {
    await page.fill('#add-member [name=username]', 'bo')
    await page.click('#add-member button')
    await page.waitForSelector('.member >> text=@bo')
    const field = await page.inputValue('#add-member [name=username]')
    await page.click('button:has-text("Remove")')
    await page.waitForSelector('.member >> text=@bo', { state: 'detached' })

    expect(field).toBe('')
  })

  test('a change of the chat is seen in its head; the way back leads past the form, to the chat and before it', async () => {
    await page.click('#panel a[aria-label="About"]')
    await page.click('#panel >> text=Change this chat')
    await page.fill('#chat-settings [name=topic]', 'tea')
    await page.click('#chat-settings button')
    await page.waitForSelector('p.topic:has-text("tea")')
    await page.click('#panel a[aria-label="Close"]')
    await page.waitForSelector('#panel', { state: 'detached' })
    await page.goBack()
    await page.waitForSelector('#panel')

    expect(at()).toEndWith('/about')
  })

  test('all of it was one document, and nothing went wrong in it', async () => {
    expect(await page.locator('html[data-first]').count()).toBe(1)
    expect(wrong).toEqual([])
  })
})
