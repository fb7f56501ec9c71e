import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { hasBrowser } from '../browser.ts'
import { message } from './guest.ts'
import { press } from './keyboard.ts'
import { openStage, type Stage } from './stage.ts'

// Where one gets without a network: nowhere, which is said, and nothing is lost by trying.

describe.if(hasBrowser('ways without a network'))('without a network', () => {
  let stage: Stage
  let page: Page
  let [tea, jam] = ['', '']

  beforeAll(async () => {
    stage = await openStage()
    ;[tea, jam] = [await stage.aChat('tea'), await stage.aChat('jam')]
    await stage.say(stage.bo, tea, 'hello')
  }, 60_000)
  beforeEach(async () => {
    page = await stage.open(stage.ann, tea)
    await away(true)
  })
  afterEach(async () => {
    await away(false)
    await page.close()
    expect(stage.trouble.splice(0)).toEqual([])
  })
  afterAll(() => stage.close())

  const away = (isAway: boolean) => stage.browser.context.setOffline(isAway)
  const isTold = () => page.waitForSelector('.toast:has-text("This opens when the connection is back")')
  const path = () => new URL(page.url()).pathname

  test('what was not fetched yet says that it can be had later, and can', async () => {
    await press(page, 'Control+k')
    await page.waitForSelector('.toast:has-text("Try again when the connection is back")')
    await away(false)
    await press(page, 'Control+k')

    await page.waitForSelector('dialog.switcher input:focus')
  })

  test('what a newer node has no more comes with its page', async () => {
    await away(false)
    await page.waitForSelector('.connection', { state: 'detached' })
    await page.route('**/assets/*.js', (route) => route.fulfill({ status: 404 }))
    const again = page.waitForEvent('load')
    await press(page, 'Control+k')

    await again
  })

  test('what Warren refuses for now is told where one is, and the chat goes on', async () => {
    await away(false)
    await page.waitForSelector('.connection', { state: 'detached' })
    await page.route(`**/chats/${jam}`, (route) =>
      route.fulfill({ status: 503, headers: { 'HX-Retarget': '#app' }, body: '<main>Not right now</main>' }),
    )
    await page.locator(`.sidebar-row[data-chat="${jam}"]`).click()
    await page.waitForSelector('.toast.error:has-text("Warren cannot answer at the moment")')
    await stage.say(stage.bo, tea, 'and on')

    await message(page, 'and on').waitFor()
    expect(path()).toBe(`/chats/${tea}`)
  })

  test('a chat stays on the screen, one is told, and the other opens when the connection is back', async () => {
    await page.locator(`.sidebar-row[data-chat="${jam}"]`).click()
    await isTold()
    const stayed = path()
    await away(false)
    await page.waitForSelector('h1:has-text("jam")')

    expect(stayed).toBe(`/chats/${tea}`)
    expect(path()).toBe(`/chats/${jam}`)
  })

  test('so it is with a choice of the switcher', async () => {
    await away(false)
    await press(page, 'Control+k')
    await page.waitForSelector('dialog.switcher input:focus')
    await away(true)
    await page.keyboard.type('jam')
    await page.waitForSelector('.option[aria-selected=true]:has-text("jam")')
    await press(page, 'Enter')

    await isTold()
    expect(path()).toBe(`/chats/${tea}`)
  })

  test('and with a plain link, which would lead to a page of the browser', async () => {
    await message(page, 'hello').locator('.author').click()

    await isTold()
    expect(path()).toBe(`/chats/${tea}`)
  })

  test('it is said above the chat at once', async () => {
    await page.waitForSelector('.connection:has-text("Offline")', { timeout: 3000 }) // a short loss is told after 5 s
  })
})
