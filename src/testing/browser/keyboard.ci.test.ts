import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { hasBrowser } from '../browser.ts'
import { PASSWORD } from '../node.ts'
import { arrive, type Guest, hears, isAlive, message, openWarren, said, say } from './guest.ts'
import { comesTo, hasFocus, holdAnswers, holdScript, press, walk } from './keyboard.ts'
import { openAlone, type Warren } from './warren.ts'

// Every test goes on where the one before it has left them. Only what is on the screen is waited for.

describe.if(hasBrowser('a keyboard alone'))('with nothing but a keyboard', () => {
  let warren: Warren
  let ann: Guest
  let bo: Guest
  let page: Page
  let general: string

  beforeAll(async () => {
    warren = await openAlone()
    ;({ ann, bo } = await openWarren(warren.url))
    general = new URL(ann.page.url()).pathname
    await say(ann.page, 'who is at the keyboard?')
    await hears(bo.page, 'who is')
    await ann.browser.close()
    ann = await arrive(warren.url)
    page = ann.page
  }, 60_000)
  afterAll(async () => {
    for (const guest of [ann, bo]) await guest?.browser.close()
    await warren.remove()
  })
  afterEach(() => expect(ann.trouble.splice(0)).toEqual([]))

  const titled = (title: string): Promise<unknown> => page.waitForSelector(`h1:has-text("${title}")`)

  test('one signs in', async () => {
    await comesTo(page, '#email')
    await page.keyboard.type('ann@example.org')
    await comesTo(page, '#password')
    await page.keyboard.type(PASSWORD)
    await press(page, 'Enter')

    await page.waitForSelector('.sidebar-row:has-text("general")')
    await isAlive(page)
  })

  test('comes to a chat by the switcher, and writes', async () => {
    await press(page, 'Control+k')
    await page.waitForSelector('dialog.switcher input:focus')
    await page.keyboard.type('gen')
    await page.waitForSelector('.option[aria-selected=true]:has-text("general")')
    await press(page, 'Enter')
    await titled('general')
    await say(page, 'I am, without a mouse')

    await hears(bo.page, 'I am, without a mouse')
  })

  test('comes to a message and answers it', async () => {
    await hears(page, 'I am, without a mouse')
    await press(page, 'Shift+F6', 'ArrowUp', 'r')
    await page.waitForSelector('.composer-reply')
    await say(page, 'and you?')

    await hears(bo.page, 'and you?')
    expect(await message(bo.page, 'and you?').locator('.reply').textContent()).toContain('who is at')
  })

  test('reacts to a message, and stands on it afterwards', async () => {
    await hears(page, 'and you?')
    await press(page, 'Shift+F6', 'End', 'a')
    await page.waitForSelector('.emoji-grid button:focus')
    await press(page, 'ArrowRight', 'Enter')
    await message(bo.page, 'and you?').locator('.reaction:has-text("👎")').waitFor()

    expect(await hasFocus(page, 'article.message:has-text("and you?")')).toBe(true)
  })

  test('goes to the settings and back to the chat', async () => {
    await comesTo(page, 'a[href="/settings"]')
    await press(page, 'Enter')
    await titled('Settings')
    await page.waitForSelector('h1:focus')
    await comesTo(page, 'a[href="/settings/profile"]')
    await press(page, 'Enter')
    await titled('Profile')
    await page.waitForSelector('h1:focus')
    await comesTo(page, '#settings-nav a[href="/"]')
    await press(page, 'Enter')
    await page.waitForSelector('#sidebar')
    await comesTo(page, `.sidebar-row[href="${general}"]`)
    await press(page, 'Enter')
    await titled('general')
    await say(page, 'back again')

    await hears(bo.page, 'back again')
    expect(await said(page)).toContain('and you?')
  })

  test('whoever has gone on to a message stays there when the composer comes alive late, and answers', async () => {
    const release = await holdScript(page, 'message-field')
    await page.goto(warren.url + general)
    await page.waitForSelector('warren-island[name=Timeline][data-alive]')
    await page.waitForSelector('warren-island[name=Shell][data-alive]')
    await press(page, 'Shift+F6')
    await page.waitForSelector('article.message:focus')
    await release()
    await isAlive(page)
    await press(page, 'r')

    await page.waitForSelector('.composer-reply')
    await press(page, 'Escape')
    await page.waitForSelector('.composer-reply', { state: 'detached' })
  })

  test('Shift+F6 comes to the message itself, not to a link of the one under the pointer', async () => {
    await page.reload()
    await isAlive(page)
    await message(page, 'who is at the keyboard?').first().hover()
    await page.waitForSelector('article.message.active')
    await page.locator('#composer textarea').focus()
    await press(page, 'Shift+F6')

    expect(await hasFocus(page, 'article.message')).toBe(true)
    await page.mouse.move(0, 0)
  })

  test('E is ready for the next key: it does not act on the message any more, even before a frame is drawn', async () => {
    await press(page, 'End')
    const where = await page.locator('article.message:focus').evaluate(async (line) => {
      line.dispatchEvent(new KeyboardEvent('keydown', { key: 'e', bubbles: true }))
      for (let at = 0; at < 10; at++) await null
      return document.activeElement?.tagName
    })
    await press(page, 'Escape')

    expect(where).toBe('TEXTAREA')
    expect(await hasFocus(page, 'article.message')).toBe(true)
  })

  test('who goes on before a screen has come stands on the second, however late the first one answers', async () => {
    const release = await holdAnswers(page, '/settings')
    await comesTo(page, '.rail a[href="/settings"]')
    await press(page, 'Enter')
    await comesTo(page, '.rail a[href="/people"]', 'Shift+Tab')
    await press(page, 'Enter')
    await titled('People')
    await release()

    expect(await page.locator('h1').allInnerTexts()).toEqual(['People'])
    expect(new URL(page.url()).pathname).toBe('/people')
  })

  test('whatever Tab comes to is seen, has a ring around it, and is not covered', async () => {
    await page.goto(warren.url + general)
    await isAlive(page)

    expect(await walk(page)).toEqual([])
  })
})
