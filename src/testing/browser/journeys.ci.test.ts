import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { hasBrowser } from '../browser.ts'
import { type Guest, hears, isAlive, message, openWarren, said, say } from './guest.ts'
import { openAlone, type Warren } from './warren.ts'

// Two people with a browser each, at the executable alone in an empty folder. What they do is what people do on the
// first day; every test goes on where the one before it has left them: in #general.

describe.if(hasBrowser('two people at the executable'))('in two browsers', () => {
  let warren: Warren
  let ann: Guest
  let bo: Guest
  let general: string

  beforeAll(async () => {
    warren = await openAlone()
  }, 30_000)
  afterAll(async () => {
    await ann?.browser.close()
    await bo?.browser.close()
    await warren.remove()
  })
  afterEach(() => {
    expect([...ann.trouble.splice(0), ...bo.trouble.splice(0)]).toEqual([])
  })

  const open = async ({ page }: Guest, path: string): Promise<void> => {
    await page.goto(warren.url + path)
    await isAlive(page)
  }
  const titleOf = ({ page }: Guest, title: RegExp) =>
    page.waitForFunction((form) => new RegExp(form).test(document.title), title.source)

  test('the first opens the warren and can write at once; the second comes by a copied link', async () => {
    ;({ ann, bo } = await openWarren(warren.url))
    general = new URL(ann.page.url()).pathname

    expect(await ann.page.locator('h1').textContent()).toBe('general')
    expect(await ann.page.evaluate(() => document.activeElement?.matches('#composer textarea'))).toBe(true)
    expect(new URL(bo.page.url()).pathname).toBe(general)
  })

  test('the two talk live', async () => {
    await say(ann.page, 'hello bo')
    await hears(bo.page, 'hello bo')
    await say(bo.page, 'hello **ann**')
    await hears(ann.page, 'hello ann')

    expect(await said(bo.page)).toEqual(['hello bo', 'hello ann'])
  })

  test('who is named elsewhere sees it counted in the list and in the title, until it is read', async () => {
    await open(bo, '/settings/profile')
    await say(ann.page, 'are you there, @bo?')
    await open(bo, '/')
    await titleOf(bo, /^\(1\) /)
    const badge = await bo.page.locator('.sidebar-row.unread .badge').textContent()

    await bo.page.click('.sidebar-row:has-text("general")')
    await hears(bo.page, 'are you there')
    await titleOf(bo, /^general/)

    expect(badge).toContain('1')
    expect(await bo.page.locator('.message.mentions-me').count()).toBe(1)
    expect(await bo.page.locator('.sidebar-row.unread').count()).toBe(0)
  })

  test('a message is edited, answered, reacted to, pinned and deleted; the other sees each', async () => {
    await say(bo.page, 'tea at fuor')
    await hears(ann.page, 'tea at fuor')
    await bo.page.keyboard.press('ArrowUp')
    await bo.page.locator('article textarea').fill('tea at four')
    await bo.page.keyboard.press('Enter')
    await message(ann.page, 'tea at four').locator('.edited').waitFor()

    await message(ann.page, 'tea at four').hover()
    await message(ann.page, 'tea at four').locator('[aria-label*="👍"]').first().click()
    await message(bo.page, 'tea at four').locator('.reaction[aria-pressed]').waitFor()
    await message(ann.page, 'tea at four').locator('[aria-label="Reply"]').click()
    await say(ann.page, 'four it is')
    await message(bo.page, 'four it is').locator('.reply:has-text("tea at four")').waitFor()
    await message(ann.page, 'four it is').focus()
    await ann.page.keyboard.press('p')
    await message(bo.page, 'four it is').locator('.state:has-text("Pinned")').waitFor()
    await message(bo.page, 'tea at four').first().focus()
    await bo.page.keyboard.press('Delete')
    await bo.page.click('dialog .danger')

    await ann.page.locator('article .gone').waitFor()
    await message(ann.page, 'four it is').locator('.reply:has-text("deleted")').waitFor()
  })

  test('one writes to the other alone: it appears there by itself', async () => {
    await open(ann, '/chats/new')
    await ann.page.click('button.pick:has-text("Bo Lind")')
    await ann.page.waitForSelector('h1:has-text("Bo Lind")')
    await say(ann.page, 'psst')
    await titleOf(bo, /^\(1\) /)
    await bo.page.click('.row-name:text-is("Ann Lee")')
    await hears(bo.page, 'psst')
    await say(bo.page, 'what is it?')
    await hears(ann.page, 'what is it?')
    await bo.page.click('#chat-head a[href$="/about"]')
    await bo.page.waitForSelector('#panel')

    expect(await said(ann.page)).toEqual(['psst', 'what is it?'])
    const isOnline = '#chat-head:has(.presence.online) .topic:has-text("· online")'
    for (const { page } of [ann, bo]) await page.waitForSelector(isOnline, { state: 'attached' })
    await bo.page.goBack()
  })

  test('the head names the chat that is open, whichever was open before', async () => {
    const heads: string[] = []
    for (const row of ['general', 'Ann Lee', 'general', 'Ann Lee']) {
      await bo.page.click(`.row-name:text-is("${row}")`)
      await bo.page.waitForSelector(`#composer textarea[placeholder*="${row}"]`)
      // What was drawn may still be written over in the frames that follow.
      await bo.page.evaluate(
        () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
      )
      heads.push((await bo.page.locator('#chat-head .chat-title').textContent()) ?? '')
    }

    expect(heads.map((head) => head.includes('general'))).toEqual([true, false, true, false])
    expect(heads.map((head) => head.includes('Ann Lee'))).toEqual([false, true, false, true])
    expect(heads.map((head) => head.includes('online'))).toEqual([false, true, false, true])
  })

  test('a public channel is made by one, and found and joined by the other', async () => {
    await open(ann, '/chats/new?kind=channel')
    await ann.page.fill('#create [name=name]', 'hut-life')
    await ann.page.click('#create label:has-text("Public")')
    await ann.page.click('#create button[type=submit]')
    await ann.page.waitForSelector('h1:has-text("hut-life")')
    await open(bo, '/channels')
    await bo.page.fill('input[type=search]', 'hut')
    await bo.page.click('li:has-text("hut-life") button:has-text("Join")')
    await bo.page.waitForSelector('h1:has-text("hut-life")')
    await ann.page.waitForSelector('.event:has-text("Bo Lind")')

    await ann.page.waitForSelector('.member-count .count:text-is("2")')
  })

  test('members are seen; a name that is changed is changed everywhere', async () => {
    await ann.page.click('.member-count')
    await ann.page.waitForSelector('#panel >> text=@bo')
    await open(bo, '/settings/profile')
    await bo.page.fill('[name=full_name]', 'Бо Линд')
    await bo.page.click('button.primary')
    await bo.page.waitForSelector('text=Saved.')
    await open(ann, `${new URL(ann.page.url()).pathname}`)

    expect(await ann.page.locator('#panel .member:has-text("@bo")').textContent()).toContain('Бо Линд')
  })

  test('the language is chosen, and everything speaks it', async () => {
    await open(bo, '/settings/appearance')
    await bo.page.selectOption('[name=locale]', 'ru')
    await bo.page.click('button.primary')
    await bo.page.waitForSelector('html[lang=ru]')
    await bo.page.click('.rail-item[href="/"]')
    await bo.page.click('.sidebar-row:has-text("general")')
    await isAlive(bo.page)

    expect(await bo.page.locator('#composer textarea').getAttribute('placeholder')).toBe(
      'Сообщение: #general',
    )
  })

  test('back and forward lead through chats and panels, within one document', async () => {
    await open(ann, general)
    await ann.page.evaluate(() => document.documentElement.setAttribute('data-first', ''))
    await ann.page.click('.sidebar-row:has-text("hut-life")')
    await ann.page.waitForSelector('h1:has-text("hut-life")')
    await ann.page.click('#chat-head a[href$="/about"]')
    await ann.page.waitForSelector('#panel')
    await ann.page.goBack()
    await ann.page.waitForSelector('#panel', { state: 'detached' })
    await ann.page.goBack()
    await ann.page.waitForSelector('h1:has-text("general")')
    await hears(ann.page, 'four it is')
    await ann.page.goForward()
    await ann.page.waitForSelector('h1:has-text("hut-life")')
    await ann.page.goBack()
    await ann.page.waitForSelector('h1:has-text("general")')
    await ann.page.locator('#composer textarea').fill('still alive')
    await ann.page.keyboard.press('Enter')
    await hears(bo.page, 'still alive')

    expect(await ann.page.locator('html[data-first]').count()).toBe(1)
  })

  test('whose session is ended stands at the door, and comes back to where they were', async () => {
    await bo.page.evaluate(() => fetch('/api/auth/logout', { method: 'POST' }))
    await bo.page.waitForSelector('a[href^="/login"], #password')
    bo.trouble.length = 0 // the socket's end is said in the console

    expect(await bo.page.locator('#composer textarea:focus').count()).toBe(0)
  })
})
