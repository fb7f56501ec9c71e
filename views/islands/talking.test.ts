import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { buildBrowser } from '../../script/browser.ts'
import { type Browser, hasBrowser, openBrowser } from '../../src/testing/browser.ts'
import { startTestNode, type TestNode, type TestPerson } from '../../src/testing/node.ts'

// The islands as they are shipped, on the pages of a real node, in a real browser.
describe.if(hasBrowser('islands talk'))('in a browser', () => {
  let node: TestNode
  let browser: Browser
  let ann: TestPerson
  let bo: TestPerson
  const errors: string[] = []

  beforeAll(async () => {
    await buildBrowser()
    node = await startTestNode()
    ann = await node.person('ann')
    bo = await node.person('bo')
    browser = await openBrowser()
  }, 60_000)

  afterAll(async () => {
    await browser.close()
    await node.stop()
  })

  afterEach(() => {
    expect(errors.splice(0)).toEqual([])
  })

  async function open(person: TestPerson, chatId: string): Promise<Page> {
    const page = await browser.newPage()
    page.setDefaultTimeout(10_000)
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(error.stack ?? error.message))
    await browser.context.clearCookies()
    await browser.context.addCookies([
      { name: 'warren_access', value: person.token, url: node.url, httpOnly: true, sameSite: 'Lax' },
    ])
    await page.goto(`${node.url}/chats/${chatId}`)
    for (const name of ['Shell', 'Sidebar', 'Timeline', 'Composer'])
      await page.waitForSelector(`warren-island[name=${name}][data-alive]`, { state: 'attached' })
    return page
  }

  async function aChat(name: string): Promise<string> {
    const { body } = await ann.post('/api/chats', { kind: 'group', name, member_ids: [bo.id] })
    return body.chat.id
  }

  const say = (person: TestPerson, chatId: string, content: string) =>
    person.post(`/api/chats/${chatId}/messages`, { client_id: crypto.randomUUID(), content })

  // What is not painted yet has no inner text.
  const textOf = async (page: Page) =>
    (await page.locator('.message-text').allTextContents()).map((text) => text.trim())

  test('what one writes is shown at once, and what another says comes by itself', async () => {
    const tea = await aChat('tea')
    await say(bo, tea, 'hello **ann**')
    const page = await open(ann, tea)

    await page.keyboard.type('hi bo')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.message:not(.waiting) .message-text:has-text("hi bo")')
    await say(bo, tea, 'how are you?')
    await page.waitForSelector('.message-text:has-text("how are you?")')

    expect(await textOf(page)).toEqual(['hello ann', 'hi bo', 'how are you?'])
    expect(await page.inputValue('#composer textarea')).toBe('')
    await page.close()
  }, 30_000)

  test('a message is edited, reacted to, answered and deleted by hand', async () => {
    const tea = await aChat('tea')
    await say(ann, tea, 'first')
    const page = await open(ann, tea)

    await page.keyboard.press('ArrowUp')
    await page.waitForSelector('article textarea')
    await page.keyboard.type('!')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.edited')
    await page.locator('article.message').focus()
    await page.keyboard.press('a')
    await page.locator('.emoji-grid button').first().click()
    await page.waitForSelector('.reaction[aria-pressed=true]')
    await page.locator('article.message').hover()
    await page.locator('[aria-label="Reply"]').click()
    await page.waitForSelector('.composer-reply')
    await page.keyboard.type('an answer')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.message .reply')
    await page.locator('article.message').first().focus()
    await page.keyboard.press('Delete')
    await page.locator('dialog .danger').click()
    await page.waitForSelector('.gone')

    expect(await textOf(page)).toEqual(['This message was deleted', 'an answer'])
    await page.close()
  }, 30_000)

  test('what is written without a connection survives the tab, and is sent once, in order', async () => {
    const tea = await aChat('tea')
    const page = await open(ann, tea)
    await page.waitForFunction(() => navigator.locks.query().then(({ held }) => (held ?? []).length > 0))

    await browser.context.setOffline(true)
    await page.route('**/*', (route) => route.abort())
    for (const text of ['one', 'two', 'three']) {
      await page.keyboard.type(text)
      await page.keyboard.press('Enter')
      await page.waitForSelector(`.message-text:has-text("${text}")`)
    }
    await page.close()
    await browser.context.setOffline(false)
    const again = await open(ann, tea)
    await again.waitForSelector('.message:not(.waiting) .message-text:has-text("three")')

    const { data } = (await bo.get(`/api/chats/${tea}/messages`)).body
    const texts = data.filter(({ kind }: { kind: string }) => kind === 'text')
    expect(texts.map(({ content }: { content: string }) => content)).toEqual(['one', 'two', 'three'])
    errors.length = 0 // the browser's own complaints about what could not be fetched
    await again.close()
  }, 30_000)

  test('one lands at the unread line; what was seen is read, and older messages move nothing', async () => {
    const tea = await aChat('tea')
    for (let at = 1; at <= 120; at++) await say(ann, tea, `old ${at}`)
    await bo.post(`/api/chats/${tea}/read`, { seq: 80 })
    const page = await open(bo, tea)

    await page.waitForFunction(() => {
      const y = document.querySelector('.unread-line')?.getBoundingClientRect().top ?? 0
      return y > 60 && y < 200
    })
    await page.waitForFunction(() => document.hasFocus())
    for (let read = 0; read <= 80; ) read = (await bo.get(`/api/chats/${tea}`)).body.chat.me.last_read_seq
    const anchor = page.locator('.message-text:has-text("old 90")')
    const before = await anchor.boundingBox()
    await page.evaluate(() => document.querySelector('#messages')?.dispatchEvent(new Event('scroll')))
    await page.waitForSelector('.message-text:has-text("old 30")', { state: 'attached' })
    const after = await anchor.boundingBox()

    expect(Math.abs((before?.y ?? 0) - (after?.y ?? 999))).toBeLessThanOrEqual(1)
    await page.close()
  }, 60_000)

  test('the list is one stop: F6 goes to it, arrows move in it, letters act, Escape comes back', async () => {
    const tea = await aChat('tea')
    for (const text of ['one', 'two']) await say(bo, tea, text)
    const page = await open(ann, tea)
    const focused = () =>
      page.evaluate(() => document.activeElement?.querySelector('.message-text')?.textContent)

    await page.keyboard.press('Shift+F6')
    expect(await focused()).toBe('two')
    await page.keyboard.press('ArrowUp')
    expect(await focused()).toBe('one')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.message-actions :focus')
    await page.keyboard.press('Escape')
    expect(await focused()).toBe('one')
    await page.keyboard.press('r')
    await page.waitForSelector('.composer-reply:has-text("one")')
    await page.waitForSelector('#composer textarea:focus')
    await page.close()
  }, 30_000)

  test('the switcher finds a chat by a few letters, and says that it was archived', async () => {
    const tea = await aChat('tea')
    const name = 'a very special place'
    await ann.put(`/api/chats/${await aChat(name)}`, { name, archived: true })
    const page = await open(ann, tea)

    await page.keyboard.press('Control+k')
    await page.waitForSelector('dialog.switcher')
    await page.keyboard.type('spec')

    await page.waitForSelector('.option[aria-selected=true] mark:has-text("spec")')
    await page.waitForSelector('.option[aria-selected=true] .option-note:text-is("Archived")')
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog.switcher', { state: 'detached' })
    await page.close()
  }, 30_000)

  test('@ offers the members, and the keyboard chooses', async () => {
    const tea = await aChat('tea')
    const page = await open(ann, tea)

    await page.keyboard.type('hi @b')
    await page.waitForSelector('#mention-list .option')
    await page.keyboard.press('Enter')

    expect(await page.inputValue('#composer textarea')).toBe('hi @bo ')
    await page.close()
  }, 30_000)

  test('who types is said, and messages of others count in the title', async () => {
    const tea = await aChat('tea')
    const { body } = await ann.post('/api/chats', { kind: 'direct', member_ids: [bo.id] })
    const page = await open(ann, tea)
    const socket = await bo.connect()

    await socket.asks('typing', { chat_id: tea, is_typing: true })
    await page.waitForSelector('.typing:has-text("bo is typing")')
    await say(bo, body.chat.id, 'psst')
    await page.waitForFunction(() => document.title.startsWith('(1) '))

    expect(await page.locator('.sidebar-row.unread .badge').textContent()).toContain('1')
    const { message } = (await say(bo, body.chat.id, 'never mind')).body
    await say(bo, body.chat.id, 'see you')
    await page.waitForFunction(() => document.title.startsWith('(3) '))
    await bo.del(`/api/chats/messages/${message.id}`)
    await page.waitForFunction(() => document.title.startsWith('(2) '))
    socket.close()
    await page.close()
  }, 30_000)

  test('who is taken out of a chat sees no more of it', async () => {
    const tea = await aChat('tea')
    const page = await open(bo, tea)

    await ann.del(`/api/chats/${tea}/members/${bo.id}`)
    await page.waitForURL(`${node.url}/`)

    expect(await page.locator(`[data-chat="${tea}"]`).count()).toBe(0)
    await page.close()
  }, 30_000)

  test('a refused message says why, and can be taken back to be mended', async () => {
    const tea = await aChat('tea')
    const page = await open(ann, tea)
    await page.waitForSelector('.sidebar-row.chat')
    await ann.put(`/api/chats/${tea}`, { name: 'tea', archived: true })
    await page.waitForSelector('#composer', { state: 'detached' })
    await ann.put(`/api/chats/${tea}`, { archived: false })
    await page.waitForSelector('#composer')

    await page.locator('#composer textarea').fill('bell \u0007')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.message-fix')
    await page.locator('.message-fix >> text=Edit').click()

    await page.waitForFunction(
      () => document.querySelector<HTMLTextAreaElement>('#composer textarea')?.value === 'bell \u0007',
    )
    expect(await page.locator('.message-fix').count()).toBe(0)
    await page.close()
  }, 30_000)

  test('two tabs share one outbox: what one writes the other shows, and it is stored once', async () => {
    const tea = await aChat('tea')
    const [one, other] = [await open(ann, tea), await open(ann, tea)]

    await one.bringToFront()
    await one.evaluate(() => {
      for (let focus = 0; focus < 20; focus++) dispatchEvent(new Event('focus'))
    })
    await one.locator('#composer textarea').fill('from the first')
    await one.keyboard.press('Enter')
    await other.waitForSelector('.message:not(.waiting) .message-text:has-text("from the first")')
    await other.bringToFront()
    await other.locator('#composer textarea').fill('from the second')
    await other.keyboard.press('Enter')
    await one.waitForSelector('.message:not(.waiting) .message-text:has-text("from the second")')

    const { data } = (await bo.get(`/api/chats/${tea}/messages`)).body
    expect(data.filter(({ kind }: { kind: string }) => kind === 'text').length).toBe(2)
    const turns = () => navigator.locks.query().then(({ held, pending }) => [held?.length, pending?.length])
    expect(await one.evaluate(turns)).toEqual([1, 1])
    await Promise.all([one.close(), other.close()])
  }, 30_000)

  test('a lost connection comes back by itself and brings what was missed', async () => {
    const tea = await aChat('tea')
    const page = await open(ann, tea)
    await say(bo, tea, 'before')
    await page.waitForSelector('.message-text:has-text("before")')

    const { dataDir } = node
    const listen = new URL(node.url).host
    await node.node.stop('test')
    node = await startTestNode({ WARREN_DATA_DIR: dataDir, WARREN_LISTEN: listen })
    const again = await node.signIn('bo')
    await say(again, tea, 'after')
    await page.waitForSelector('.message-text:has-text("after")', { timeout: 40_000 })

    expect(await textOf(page)).toEqual(['before', 'after'])
    errors.length = 0 // the browser's own complaints about the node that was away
    await page.close()
  }, 60_000)
})
