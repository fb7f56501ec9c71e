import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { hasBrowser } from '../browser.ts'
import { message } from './guest.ts'
import { press } from './keyboard.ts'
import { openStage, type Stage } from './stage.ts'

// What the eyes expect of a wide window, and the hands of a keyboard.

describe.if(hasBrowser('a desk'))('at a desk', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage()
  }, 60_000)
  afterAll(() => stage.close())
  afterEach(() => expect(stage.trouble.splice(0)).toEqual([]))

  /** A chat in which bo has said these. */
  async function heard(...texts: string[]) {
    const chatId = await stage.aChat('tea')
    for (const text of texts) await stage.say(stage.bo, chatId, text)
    return stage.open(stage.ann, chatId)
  }

  test('the emoji of a reaction bar leave the lists beside in view', async () => {
    const chatId = await stage.aChat('tea')
    const { body } = await stage.say(stage.bo, chatId, 'hello')
    await stage.bo.put(`/api/chats/messages/${body.message.id}/reactions/${encodeURIComponent('👍')}`)
    const page = await stage.open(stage.ann, chatId)

    await page.locator('.reactions button').last().click()
    const picker = await page.locator('.emoji-picker:popover-open').boundingBox()
    const lists = await page.locator('#sidebar').boundingBox()

    expect(picker?.x ?? 0).toBeGreaterThanOrEqual((lists?.x ?? 0) + (lists?.width ?? 0))
    await page.close()
  })

  test('the line of what is new stands where one marks as unread, at once', async () => {
    const page = await heard('one', 'two', 'three')
    await page.waitForSelector('.unread-line + .date-line, .date-line + .unread-line')
    await page.route('**/unread', () => undefined) // never answered
    await message(page, 'two').focus()
    await press(page, 'u')

    await page.waitForSelector('.unread-line + .message:has-text("two")')
    await page.close()
  })

  test('of long messages a page brings a few, and whoever scrolls up has the rest, to the first', async () => {
    const chatId = await stage.aChat('tales')
    for (let n = 1; n <= 16; n++) await stage.say(stage.bo, chatId, `${'<&"> '.repeat(3_190)}${n}`)
    await stage.ann.post(`/api/chats/${chatId}/read`, { seq: 16 })
    const page = await stage.open(stage.ann, chatId)
    const places = () =>
      page.locator('[data-seq]').evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-seq'))))
    const first = await places()
    const older = page.locator('.timeline-more a:has-text("Older")')
    expect(await older.count()).toBe(1)

    await page.locator('#messages').evaluate((view) => {
      const up = () => view.scrollTo({ top: -view.scrollHeight })
      new MutationObserver(up).observe(view, { childList: true, subtree: true })
      up()
    })
    await page.waitForSelector('[data-seq="1"]')
    await older.waitFor({ state: 'detached' })

    expect(first.length).toBeLessThan(10)
    expect(first.at(-1)).toBe(16)
    expect(await places()).toEqual(Array.from({ length: 16 }, (_, at) => at + 1))
    await page.close()
  })
})
