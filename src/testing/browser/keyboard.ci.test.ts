import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { hasBrowser } from '../browser.ts'
import { type Guest, hears, openWarren, say } from './guest.ts'
import { openAlone, type Warren } from './warren.ts'

describe.if(hasBrowser('a keyboard alone'))('with nothing but a keyboard', () => {
  let warren: Warren
  let ann: Guest
  let bo: Guest

  beforeAll(async () => {
    warren = await openAlone()
    ;({ ann, bo } = await openWarren(warren.url))
    await say(ann.page, 'who is at the keyboard?')
    await hears(bo.page, 'who is')
  }, 60_000)
  afterAll(async () => {
    for (const guest of [ann, bo]) await guest?.browser.close()
    await warren.remove()
  })

  test('whatever Tab comes to is seen, has a ring around it, and is not covered', async () => {
    const wrong = await walk(ann.page)

    expect(wrong).toEqual([])
  })
})

/** V08: once around the page. */
async function walk(page: Page): Promise<string[]> {
  const wrong: string[] = []
  for (let at = 0; at < 40; at++) {
    await page.keyboard.press('Tab')
    const found = await page.evaluate(() => {
      const element = document.activeElement
      if (element === null || element === document.body) return null
      const { x, y, width, height } = element.getBoundingClientRect()
      const hit = document.elementFromPoint(x + width / 2, y + height / 2)
      const ringed = [element, element.closest('.composer, .field')].some((one) => {
        if (one === null) return false
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one)
        return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2) || boxShadow !== 'none'
      })
      const name = `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent?.slice(0, 30)}`
      const isCovered = hit === null || !(element.contains(hit) || hit.contains(element))
      return [...(ringed ? [] : [`${name} has no ring`]), ...(isCovered ? [`${name} is covered`] : [])]
    })
    wrong.push(...(found ?? []))
  }
  return wrong
}
