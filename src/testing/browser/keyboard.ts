import type { Page } from 'playwright-core'

// What somebody does who has only keys, and what keeps them waiting.

/** One key after the other, as fast as they come. */
export async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key)
}

export const hasFocus = (page: Page, selector: string): Promise<boolean> =>
  page
    .locator(`${selector}:focus`)
    .count()
    .then((count) => count === 1)

const MOST_STOPS = 80

/** Tab by Tab until one stands on it. */
export async function comesTo(page: Page, selector: string, key = 'Tab'): Promise<void> {
  for (let at = 0; at < MOST_STOPS; at++) {
    await press(page, key)
    if (await hasFocus(page, selector)) return
  }
  throw new Error(`${key} does not come to ${selector}`)
}

/** Keeps back the script that has this text in it, until it is let go. */
export async function holdScript(page: Page, text: string): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>()
  await page.route('**/assets/*.js', async (route) => {
    const response = await route.fetch()
    if ((await response.text()).includes(text)) await held.promise
    await route.fulfill({ response })
  })
  return async () => {
    held.resolve()
    await page.unrouteAll({ behavior: 'wait' })
  }
}

/** Keeps back what is answered at this path; let go, it is waited for until the page has dealt with it. */
export async function holdAnswers(page: Page, path: string): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>()
  await page.route(`**${path}`, async (route) => {
    const response = await route.fetch()
    await held.promise
    await route.fulfill({ response }).catch(() => undefined) // given up meanwhile
  })
  return async () => {
    held.resolve()
    await page.unrouteAll({ behavior: 'wait' })
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    )
  }
}

/** V08: once around the page, and what is wrong with the rings. */
export async function walk(page: Page): Promise<string[]> {
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
