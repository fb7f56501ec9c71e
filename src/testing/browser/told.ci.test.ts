import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { hasBrowser } from '../browser.ts'
import { PASSWORD } from '../node.ts'
import { isAlive } from './guest.ts'
import { openStage, type Stage } from './stage.ts'

// Who is put out is told so, on the page where they find themselves.

describe.if(hasBrowser('who is put out is told'))('in a browser', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage()
  }, 60_000)
  afterAll(() => stage.close())
  afterEach(() => expect(stage.trouble.splice(0)).toEqual([]))

  test('who is taken out of the chat on the screen is told which it was', async () => {
    const { ann, bo, node } = stage
    const tea = await stage.aChat('tea')
    const page = await stage.open(bo, tea)

    await ann.del(`/api/chats/${tea}/members/${bo.id}`)
    await page.waitForURL(`${node.url}/`)

    await page.waitForSelector('.toast:has-text("You were removed from tea")')
    await page.reload()
    await isAlive(page)
    expect(await page.locator('.toast').count()).toBe(0)
    await page.close()
  })

  test('whose session is ended elsewhere is told so at the door', async () => {
    const { bo, browser, node } = stage
    await browser.context.clearCookies()
    const page = await browser.newPage()
    await page.goto(`${node.url}/login`)
    await page.fill('#email', 'bo@example.org')
    await page.fill('#password', PASSWORD)
    await page.click('button.primary')
    await page.waitForSelector('#sidebar')
    await isAlive(page)

    const { data } = (await bo.get('/api/auth/sessions')).body
    for (const { id, current } of data) if (!current) await bo.del(`/api/auth/sessions/${id}`)

    await page.waitForURL('**/login**')
    await page.waitForSelector('[role=status]:has-text("on another device or by an administrator")')
    await page.close()
  })

  test('who signs out reads only that, in each tab', async () => {
    const tea = await stage.aChat('tea')
    const [one, other] = [await stage.open(stage.ann, tea), await stage.open(stage.ann, tea)]
    await one.goto(`${stage.node.url}/settings`)
    await isAlive(one)
    await one.locator('form[action="/logout"] button').click()

    for (const page of [one, other]) {
      await page.waitForURL('**/login**')
      await page.waitForSelector('[role=status]:has-text("You are signed out.")')
      await page.close()
    }
  })
})
