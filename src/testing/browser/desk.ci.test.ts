import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { hasBrowser } from '../browser.ts'
import { message } from './guest.ts'
import { hasFocus, press } from './keyboard.ts'
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

  const inComposer = '#composer textarea'

  test('Escape and Enter in an edit lead back to where it was begun', async () => {
    const chatId = await stage.aChat('tea')
    await stage.say(stage.ann, chatId, 'mine')
    const page = await stage.open(stage.ann, chatId)
    const endsAt: [string, string, string][] = [
      [inComposer, 'ArrowUp', 'Escape'],
      [inComposer, 'ArrowUp', 'Enter'],
      ['article.message', 'e', 'Escape'],
    ]

    for (const [from, begin, end] of endsAt) {
      await page.locator(from).focus()
      await press(page, begin)
      await page.waitForSelector('article textarea:focus')
      await press(page, end)
      await page.waitForSelector('article textarea', { state: 'detached' })
      expect(await hasFocus(page, from)).toBe(true)
    }
    await page.close()
  })

  test('from the tools of a message its letters act and the arrows go on, as from the message', async () => {
    const page = await heard('one', 'two')
    const toTools = async (): Promise<void> => {
      await press(page, 'Enter')
      await page.waitForSelector('.message-actions button:focus')
    }
    await message(page, 'two').focus()
    await toTools()
    await press(page, 'ArrowUp')
    const isAbove = await hasFocus(page, 'article.message:has-text("one")')
    await toTools()
    await press(page, 'r')

    await page.waitForSelector('.composer-reply:has-text("one")')
    expect(isAbove).toBe(true)
    await page.close()
  })

  test('who types where nothing can be written writes into the composer; keys of a message stay its own', async () => {
    const page = await heard('one')
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await page.keyboard.type('hi')
    await page.locator('.sidebar-row.chat').first().focus()
    await page.keyboard.type('!')
    const written = await page.inputValue(inComposer)
    await message(page, 'one').focus()
    await press(page, 'a')
    await page.waitForSelector('.emoji-grid button:focus')
    await page.keyboard.type('x')
    const isOpen = await page.locator('.emoji-grid button:focus').count()

    expect(written).toBe('hi!')
    expect(isOpen).toBe(1)
    expect(await page.inputValue(inComposer)).toBe('hi!')
    await page.close()
  })

  test('the keys are listed, and closing the list leads back', async () => {
    const page = await heard('one')
    await press(page, 'Control+/')
    await page.waitForSelector('dialog.keys :focus')
    const listed = await page.locator('dialog.keys dt').allInnerTexts()
    await press(page, 'Escape')
    await page.waitForSelector('dialog.keys', { state: 'detached' })
    const isBack = await hasFocus(page, inComposer)
    await message(page, 'one').focus()
    await press(page, '?')

    await page.waitForSelector('dialog.keys')
    expect(listed).toContain('Mark as unread from here')
    expect(isBack).toBe(true)
    expect(await page.inputValue(inComposer)).toBe('')
    await page.close()
  })
})
