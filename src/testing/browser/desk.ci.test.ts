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
})
