import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { buildBrowser } from '../../../script/browser.ts'
import { type Browser, openBrowser } from '../browser.ts'
import { startTestNode, type TestNode } from '../node.ts'
import { ROOT } from '../tree.ts'
import { findBarriers } from './axe.ts'
import type { Looker, Recipe } from './recipes.ts'
import { complaints, survey, watch } from './survey.ts'
import { makeTeam, type Team } from './team.ts'

const KEPT = join(ROOT, '.artifacts/screens')

/** Two nodes: one with a team at work, one that nobody has set up. */
export interface Stage {
  team: Team
  url(as: Looker): string
  stop(): Promise<void>
}

export async function openStage(): Promise<Stage> {
  await buildBrowser()
  const [node, empty] = await Promise.all([
    startTestNode({ WARREN_SMTP_URL: 'mailbox:', WARREN_REGISTRATION: 'open' }),
    startTestNode(),
  ])
  const team = await makeTeam(node)
  return {
    team,
    url: (as) => (as === 'first' ? empty.url : node.url),
    stop: async () => {
      await Promise.all([node.stop(), empty.stop()] satisfies ReturnType<TestNode['stop']>[])
    },
  }
}

export type Device = 'desk' | 'phone'
export type Language = 'en' | 'ru'

/** The widths of a device, the widest first: the page is loaded at it, and made narrower. */
export const SIZES: Record<Device, { width: number; height: number }[]> = {
  desk: [
    { width: 1440, height: 900 },
    { width: 820, height: 1180 },
  ],
  phone: [{ width: 390, height: 844 }],
}

/** As small as a page gets when 1280 px are enlarged four times. */
const ENLARGED = { width: 320, height: 256 }

export async function openDevice(device: Device, language: Language): Promise<Browser> {
  const [viewport] = SIZES[device]
  const options: BrowserContextOptions = {
    locale: language === 'ru' ? 'ru-RU' : 'en-GB',
    colorScheme: 'light',
    reducedMotion: 'reduce',
    ...(viewport ? { viewport } : {}),
    ...(device === 'phone' ? { hasTouch: true, isMobile: true, deviceScaleFactor: 2 } : {}),
  }
  const browser = await openBrowser(options)
  await browser.context.addInitScript(watch)
  return browser
}

interface Look {
  stage: Stage
  browser: Browser
  device: Device
  language: Language
  /** Also keeps the pictures, and looks in both themes, at all widths. */
  isWhole: boolean
}

/** Opens one screen and gives everything that is wrong with it, in each width and theme. */
export async function lookAt(recipe: Recipe, look: Look): Promise<string[]> {
  const { stage, browser, device } = look
  const wrong: string[] = []
  const page = await browser.newPage()
  page.setDefaultTimeout(8000)
  page.on('console', (line) => isTrouble(line.type(), line.text()) && wrong.push(`console: ${line.text()}`))
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`))
  try {
    wrong.push(...(await visit(page, recipe, stage)))
    await recipe.act?.(page)
    const [widest, ...narrower] = SIZES[device]
    wrong.push(
      ...(await findBarriers(page)),
      ...(await lookIn(page, `${recipe.name}-${widest?.width}`, look)),
    )
    for (const size of look.isWhole ? narrower : []) {
      await page.setViewportSize(size)
      wrong.push(
        ...(await findBarriers(page, OF_LOOKS)),
        ...(await lookIn(page, `${recipe.name}-${size.width}`, look)),
      )
    }
    if (look.isWhole && device === 'desk') wrong.push(...(await enlarge(page)))
  } catch (error) {
    wrong.push(`broke: ${(error as Error).message.split('\n')[0]}`)
  }
  await page.close()
  return wrong.map((one) => `${recipe.name} ${device} ${look.language}: ${one}`)
}

const VISITS = 3

/** What moves only now and then moved because the machine was slow: a page is wrong when it moves at each visit. */
async function visit(page: Page, recipe: Recipe, stage: Stage): Promise<string[]> {
  const others: string[] = []
  for (let at = 1; at <= VISITS; at++) {
    await open(page, recipe, stage)
    const found = await page.evaluate(complaints)
    const shifts = found.filter((one) => one.startsWith('V17'))
    others.push(...found.filter((one) => !shifts.includes(one)))
    if (shifts.length === 0) break
    if (at === VISITS) others.push(...shifts)
  }
  return others
}

/** A refused form and a page that is not there are said in the console too. */
const isTrouble = (type: string, text: string): boolean =>
  (type === 'error' || type === 'warning') && !/status of (403|404|422)/.test(text)

async function open(page: Page, recipe: Recipe, stage: Stage): Promise<void> {
  const url = stage.url(recipe.as)
  await page.context().clearCookies()
  if (recipe.as === 'ann')
    await page
      .context()
      .addCookies([
        { name: 'warren_access', value: stage.team.ann.token, url, httpOnly: true, sameSite: 'Lax' },
      ])
  await stage.team.leaveUnread()
  await page.goto(url + recipe.path(stage.team))
  await page.evaluate(() => document.fonts.ready)
  await page.waitForFunction(() =>
    [...document.querySelectorAll('warren-island')].every((island) => island.hasAttribute('data-alive')),
  )
}

/** What is as wide or as dark as the page is asked again; all else is the same document. */
const OF_LOOKS = ['color-contrast', 'target-size', 'scrollable-region-focusable', 'link-in-text-block']

async function lookIn(page: Page, name: string, { device, language, isWhole }: Look): Promise<string[]> {
  const found = await survey(page, device === 'phone' ? 44 : 24)
  if (!isWhole) return found
  await shoot(page, `${name}-light-${language}`)
  await paint(page, 'dark')
  const inTheDark = await findBarriers(page, ['color-contrast'])
  await shoot(page, `${name}-dark-${language}`)
  await paint(page, 'light')
  return [...found, ...inTheDark.map((one) => `dark ${one}`)].map((one) => `${name} ${one}`)
}

/** By the attribute that a chosen theme sets; what is on its way to the new colours is brought to its end. */
const paint = (page: Page, theme: 'light' | 'dark'): Promise<unknown> =>
  page.evaluate(async (chosen) => {
    document.documentElement.dataset.theme = chosen
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))
    for (const one of document.getAnimations())
      if (one.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY) one.finish()
  }, theme)

/** V24 */
async function enlarge(page: Page): Promise<string[]> {
  await page.setViewportSize(ENLARGED)
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  return width > ENLARGED.width ? [`V24 at ${ENLARGED.width} px it is ${width} px wide`] : []
}

async function shoot(page: Page, name: string): Promise<void> {
  const path = join(KEPT, `${name}.jpg`)
  await page.screenshot({ path, type: 'jpeg', quality: 80, animations: 'disabled', caret: 'initial' })
}

export function emptyShelf(): void {
  rmSync(KEPT, { recursive: true, force: true })
  mkdirSync(KEPT, { recursive: true })
}
