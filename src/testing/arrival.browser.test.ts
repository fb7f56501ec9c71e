import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { type Browser, hasBrowser, openBrowser } from './browser.ts'
import { startTestNode, type TestNode, type TestPerson } from './node.ts'

describe.if(hasBrowser('focus and small signs'))('by keyboard and by eye', () => {
  let node: TestNode
  let ann: TestPerson
  let browser: Browser
  let page: Page
  let tea: string

  beforeAll(async () => {
    node = await startTestNode()
    ann = await node.person('ann')
    for (let at = 0; at < 40; at += 1) await ann.post('/api/chats', channel(`den ${at}`))
    tea = (await ann.post('/api/chats', channel('tea'))).body.chat.id
    browser = await openBrowser()
    page = await enter(browser)
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await node.stop()
  })

  const channel = (name: string) => ({ kind: 'channel', name, visibility: 'public', member_ids: [] })
  const enter = async ({ context, newPage }: Browser): Promise<Page> => {
    const { url } = node
    await context.addCookies([
      { name: 'warren_access', value: ann.token, url, httpOnly: true, sameSite: 'Lax' },
    ])
    const opened = await newPage()
    opened.setDefaultTimeout(8_000)
    await opened.goto(`${url}/`)
    await opened.waitForSelector('warren-island[name=Shell][data-alive]', { state: 'attached' })
    return opened
  }
  /** Waits until the focus is there: it comes with the screen. */
  const focusOn = (selector: string) => page.waitForSelector(`${selector}:focus`, { state: 'attached' })
  const scrolled = () => page.evaluate(() => document.querySelector('#sidebar .sidebar-body')?.scrollTop)
  const chatLink = () => page.locator(`.sidebar-row[data-chat="${tea}"]`)

  test('a chat is opened ready to write, is named once, and the sidebar stays where it was', async () => {
    await chatLink().focus()
    const before = await scrolled()
    await page.keyboard.press('Enter')
    await focusOn('#composer textarea')
    await page.waitForSelector('[aria-live=polite]:has-text("tea · Warren")', { state: 'attached' })

    expect(before).toBeGreaterThan(0)
    expect(await scrolled()).toBe(before)
  })

  test('the first stops of a page are seen, and skip to what is said and to where one writes', async () => {
    await page.reload()
    await page.waitForSelector('warren-island[name=Shell][data-alive]', { state: 'attached' })
    await page.locator('.skip').first().focus()
    const isSeen = await page
      .locator('.skip')
      .first()
      .evaluate((skip) => getComputedStyle(skip).clipPath)
    await page.keyboard.press('Enter')
    await focusOn('#main')
    await page.locator('.skip').nth(1).press('Enter')
    await focusOn('#composer textarea')

    expect(isSeen).toBe('none')
  })

  test('a panel begins at its heading, and leads back to what opened it', async () => {
    await page.locator('.member-count').press('Enter')
    await focusOn('#panel-title')
    const beside = await page.title()
    await page.locator('#panel a[aria-label="Close"]').press('Enter')
    await focusOn('.member-count')
    const closed = await page.title()
    await page.locator('a[aria-label="About this chat"]').press('Enter')
    await focusOn('#panel-title')
    await page.locator('#panel a:has-text("Members")').press('Enter')
    await focusOn('#panel-title:has-text("Members")')
    await page.goBack()
    await page.waitForFunction(() => document.title === 'About · tea · Warren')
    await page.goBack()
    await focusOn('a[aria-label="About this chat"]')

    expect([beside, closed, await page.title()]).toEqual([
      'Members · tea · Warren',
      'tea · Warren',
      'tea · Warren',
    ])
  })

  test('a page that is not there begins at its heading, and the way back leads out of it', async () => {
    await page.locator('.rail-item[href="/people"]').evaluate((link) => {
      for (const name of ['href', 'hx-get']) link.setAttribute(name, '/no/such/page')
    })
    await page.locator('.rail-item[href="/no/such/page"]').press('Enter')
    await focusOn('.door main h1')
    await page.goBack()

    await page.waitForSelector('h1:has-text("tea")')
    expect(await page.locator('.door').count()).toBe(0)
  })

  test('a refused field has the focus, and so has the empty one for the next', async () => {
    await page.locator('.member-count').press('Enter')
    await page.fill('#add-member [name=username]', 'nobody')
    await page.locator('#add-member button').press('Enter')
    await focusOn('#add-member [aria-invalid=true]')
    await node.person('bo')
    await page.fill('#add-member [name=username]', 'bo')
    await page.locator('#add-member button').press('Enter')
    await page.waitForSelector('.member >> text=@bo')

    expect(await page.evaluate(() => document.activeElement?.closest('#add-member') !== null)).toBe(true)
  })

  test('a settings page begins at its heading; back in the list the chat that was left is found', async () => {
    await page.locator('.rail-item[href="/settings"]').press('Enter')
    await focusOn('main h1:has-text("Settings")')
    await page.waitForSelector('.sidebar-row.beside[href="/settings/profile"]:not([aria-current])')
    await page.locator('.sidebar-row[href="/settings/account"]').press('Enter')
    await focusOn('main h1:has-text("Sign-in and devices")')
    await page.goBack()
    await page.goBack()
    await focusOn('#composer textarea')
    await page.locator('.rail-item[href="/"]').press('Enter')
    await focusOn(`.sidebar-row[data-chat="${tea}"]`)
  })

  test('a sign says what it is to a mouse that stays and to the keyboard; Escape takes it away', async () => {
    const tip = (words: string) => page.waitForSelector(`.tooltip:popover-open:text-is("${words}")`)
    await page.hover('.rail-item[href="/channels"]')
    const beside = await (await tip('Channels')).boundingBox()
    await page.keyboard.press('Escape')
    await page.waitForSelector('.tooltip', { state: 'hidden' })
    await page.mouse.move(700, 600)
    await page.locator('.rail-home').focus()
    await page.keyboard.press('Tab')
    await tip('Chats')
    const isSaidTwice = (await page.getAttribute('.tooltip', 'aria-hidden')) !== 'true'

    expect(beside?.x).toBeGreaterThanOrEqual(60)
    expect(isSaidTwice).toBe(false)
  })

  test('the quick switcher opens by a button, goes, and gives the focus back when it is left', async () => {
    const isBack = async () => {
      await page.waitForSelector('.switcher', { state: 'detached' })
      await focusOn('.sidebar-jump')
    }
    await page.click('.sidebar-jump')
    await focusOn('.switcher input')
    await page.keyboard.press('Escape')
    await isBack()
    await page.click('.sidebar-jump')
    await page.click('.switcher button[aria-label="Close"]')
    await isBack()
    await page.click('.sidebar-jump')
    await focusOn('.switcher input')
    await page.mouse.click(700, 880)
    await isBack()
    await page.keyboard.press('Enter')
    await focusOn('.switcher input')
    await page.keyboard.type('den 7')
    await page.waitForSelector('.switcher .option:has-text("den 7")')
    await page.keyboard.press('Enter')
    await page.waitForSelector('h1:has-text("den 7")')
    await focusOn('#composer textarea')
  })

  test('on a phone no keyboard pops up and no tooltip shows', async () => {
    const phone = await openBrowser({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    })
    page = await enter(phone)
    await chatLink().tap()
    await page.waitForSelector('#composer textarea')
    await focusOn('main h1')
    await page.tap('a[aria-label="Back to chats"]')
    await focusOn(`.sidebar-row[data-chat="${tea}"]`)
    await page.tap('.sidebar-jump')
    await page.waitForSelector('.switcher input')

    expect(await page.locator('.tooltip:popover-open').count()).toBe(0)
    await phone.close()
  })
})
