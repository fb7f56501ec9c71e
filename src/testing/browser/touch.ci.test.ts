import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { CDPSession, Page } from 'playwright-core'
import { hasBrowser } from '../browser.ts'
import { message } from './guest.ts'
import { openStage, type Stage } from './stage.ts'

// Real fingers: the browser makes its own pointer events, long presses and clicks of them.

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

describe.if(hasBrowser('a finger'))('with a finger', () => {
  let stage: Stage
  let page: Page
  let touch: CDPSession

  beforeAll(async () => {
    stage = await openStage(PHONE)
    const tea = await stage.aChat('tea')
    for (const text of ['one', 'two', 'three']) await stage.say(stage.bo, tea, text)
    page = await stage.open(stage.ann, tea)
    touch = await page.context().newCDPSession(page)
  }, 60_000)
  afterAll(() => stage.close())
  afterEach(() => expect(stage.trouble.splice(0)).toEqual([]))

  const finger = (type: string, ...touchPoints: { x: number; y: number }[]) =>
    touch.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints })

  async function spotOn(text: string): Promise<{ x: number; y: number }> {
    const box = await message(page, text).boundingBox()
    return { x: (box?.x ?? 0) + 120, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 }
  }

  /** Two frames on, and whatever the release has brought with it. */
  const settled = () =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))

  test('the menu of a message opens while the finger stays, and is there when it is lifted', async () => {
    await finger('touchStart', await spotOn('two'))
    await page.waitForSelector('.menu.sheet:popover-open')
    await finger('touchEnd')
    await settled()

    expect(await page.locator('.menu.sheet:popover-open').count()).toBe(1)
  })

  test('a tap beside it closes it, and the next one on it chooses', async () => {
    await page.touchscreen.tap(195, 120)
    await page.waitForSelector('.menu.sheet', { state: 'detached' })
    await finger('touchStart', await spotOn('two'))
    await page.waitForSelector('.menu.sheet:popover-open')
    await finger('touchEnd')
    await page.locator('.menu-item:has-text("Reply")').tap()

    await page.waitForSelector('.composer-reply:has-text("two")')
    expect(await page.locator('.menu').count()).toBe(0)
  })

  test('a finger that trembles still holds', async () => {
    const { x, y } = await spotOn('two')
    await page.evaluate(
      ([left = 0, top = 0]) => {
        const line = document.elementFromPoint(left, top)
        const how = { bubbles: true, pointerType: 'touch', clientY: top }
        line?.dispatchEvent(new PointerEvent('pointerdown', { ...how, clientX: left }))
        line?.dispatchEvent(new PointerEvent('pointermove', { ...how, clientX: left + 6 }))
      },
      [x, y],
    )

    await page.waitForSelector('.menu.sheet:popover-open')
  })
})
