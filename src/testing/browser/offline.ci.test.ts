import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { hasBrowser } from '../browser.ts'
import { type Guest, hears, isAlive, looksAgain, openWarren, said, say } from './guest.ts'
import { type Network, openNetwork } from './network.ts'
import { openAlone, type Warren } from './warren.ts'

// What becomes of what one writes when the network, the node, the page or the tab goes away: it arrives, once, in order.

describe.if(hasBrowser('messages outlive the network'))('in two browsers', () => {
  let warren: Warren
  let ann: Guest
  let bo: Guest
  let network: Network
  let before = 0

  beforeAll(async () => {
    warren = await openAlone()
    network = openNetwork(warren.url)
    ;({ ann, bo } = await openWarren(network.url))
  }, 60_000)
  afterAll(async () => {
    await ann?.browser.close()
    await bo?.browser.close()
    network.close()
    await warren.remove()
  })
  afterEach(async () => {
    ann.trouble.length = 0 // the browser says of each request that it could not be made
    bo.trouble.length = 0
    before = (await said(bo.page)).length
  })

  /** What bo has heard in this test. */
  const news = async () => (await said(bo.page)).slice(before)
  const write = async (...texts: string[]): Promise<void> => {
    for (const text of texts) {
      await say(ann.page, text)
      await ann.page.locator(`article.message.waiting:has-text("${text}")`).waitFor()
    }
  }

  test('without a network messages wait and say so; with it each arrives once, in order', async () => {
    await say(ann.page, 'all is well')
    await hears(bo.page, 'all is well')
    network.cut()
    await ann.browser.context.setOffline(true)
    await write('one', 'two', 'three')
    await ann.page.locator('.connection').waitFor()
    const told = await ann.page.locator('.connection').textContent()
    network.mend()
    await ann.browser.context.setOffline(false)
    await looksAgain(bo.page)
    await hears(bo.page, 'three')
    await hears(ann.page, 'three')
    await ann.page.locator('.connection').waitFor({ state: 'detached' })

    expect(told).toContain('Offline')
    expect(await news()).toEqual(['all is well', 'one', 'two', 'three'])
    expect(await said(ann.page)).toEqual(await said(bo.page))
  })

  test('the node is killed while people write: after its return each message is there once, in order', async () => {
    await say(ann.page, 'before the cut')
    await hears(ann.page, 'before the cut')
    await warren.kill()
    await write('in the dark', 'still in the dark')
    await warren.rise()
    await hears(bo.page, 'still in the dark')
    await say(bo.page, 'light again')
    await hears(ann.page, 'light again')

    expect(await news()).toEqual(['before the cut', 'in the dark', 'still in the dark', 'light again'])
    expect(await said(ann.page)).toEqual(await said(bo.page))
  })

  test('what waits outlives a reload', async () => {
    // The page comes, what it asks for then does not.
    await ann.page.routeWebSocket('**/ws', (socket) => void socket.close())
    await ann.page.route('**/api/**', (route) => route.abort())
    await ann.page.reload()
    await isAlive(ann.page)
    await write('kept over a reload')
    await ann.page.reload()
    await ann.page.locator('article.message.waiting:has-text("kept over a reload")').waitFor()
    const { pathname } = new URL(ann.page.url())
    await ann.page.close()
    ann.page = await ann.browser.newPage()
    await ann.page.goto(network.url + pathname)
    await looksAgain(bo.page)
    await hears(bo.page, 'kept over a reload')

    expect(await news()).toEqual(['kept over a reload'])
  })

  test('what waits outlives the tab', async () => {
    const { pathname } = new URL(ann.page.url())
    await warren.kill()
    await write('first in a closed tab', 'second in a closed tab')
    await ann.page.close()
    await warren.rise()
    await looksAgain(bo.page)
    ann.page = await ann.browser.newPage()
    await ann.page.goto(network.url + pathname)
    await hears(bo.page, 'second in a closed tab')

    expect(await news()).toEqual(['first in a closed tab', 'second in a closed tab'])
  })

  test('a draft is there again after a reload', async () => {
    await isAlive(ann.page)
    await ann.page.locator('#composer textarea').fill('half a sent')
    await ann.page.reload()
    await isAlive(ann.page)
    await ann.page.waitForFunction(
      () => document.querySelector<HTMLTextAreaElement>('#composer textarea')?.value === 'half a sent',
    )

    expect(await news()).toEqual([])
  })
})
