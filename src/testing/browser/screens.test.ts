import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, hasBrowser } from '../browser.ts'
import { ROOT } from '../tree.ts'
import { RECIPES, uncovered } from './recipes.ts'
import { type Device, type Language, lookAt, openDevice, openStage, SIZES, type Stage } from './screens.ts'

// A few screens, so that what is broken everywhere shows at once; `screens.ci.test.ts` looks at all of them.

test('every page that the router has is looked at', () => {
  expect(uncovered()).toEqual({ missing: [], gone: [] })
})

test('every screen has a row for each width in docs/screens.md, and no row is for nothing', () => {
  const widths = Object.values(SIZES).flatMap((sizes) => sizes.map(({ width }) => width))
  const wanted = RECIPES.flatMap(({ name }) => widths.map((width) => `${name} ${width}`))
  const page = readFileSync(join(ROOT, 'docs/screens.md'), 'utf8')
  const rows = [...page.matchAll(/^\| ([\w-]+) \| (\d+) \|/gm)].map(([, name, width]) => `${name} ${width}`)

  expect(rows.toSorted()).toEqual(wanted.toSorted())
})

describe.if(hasBrowser('screens are looked at'))('in a browser', () => {
  let stage: Stage
  let browser: Browser | undefined

  beforeAll(async () => {
    stage = await openStage()
  }, 60_000)
  afterAll(() => stage.stop())

  test.each([
    ['desk', 'en', ['setup', 'chat', 'chat-menu', 'members']],
    ['phone', 'ru', ['login', 'home', 'chat', 'appearance', 'channels']],
  ] as [Device, Language, string[]][])(
    'nothing is wrong on a %s in %s with %p',
    async (device, language, names) => {
      browser = await openDevice(device, language)
      const wrong: string[] = []
      for (const recipe of RECIPES.filter(({ name }) => names.includes(name)))
        wrong.push(...(await lookAt(recipe, { stage, browser, device, language, isWhole: false })))
      await browser.close()

      expect(wrong).toEqual([])
    },
    60_000,
  )

  test('a page read before its own letters have come fits a phone, and its spaces are no wider than letters', async () => {
    const phone = await openDevice('phone', 'ru')
    await phone.context.route('**/*.woff2', (route) => route.abort())
    const page = await phone.newPage()
    await page.goto(stage.url('first'))
    const [width, space, letter] = await page.evaluate(() => {
      const brush = new OffscreenCanvas(1, 1).getContext('2d')
      if (brush === null) throw new Error('no canvas')
      brush.font = `16px ${getComputedStyle(document.body).fontFamily}`
      return [
        document.documentElement.scrollWidth,
        brush.measureText(' ').width,
        brush.measureText('ж').width,
      ]
    })
    await phone.close()

    expect(width).toBe(390)
    expect(space).toBeLessThan(letter ?? 0)
  })
})
