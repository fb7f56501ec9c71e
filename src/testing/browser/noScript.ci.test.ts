import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { hasBrowser } from '../browser.ts'
import { arrive, type Guest, hears, openWarren, said, say, signIn } from './guest.ts'
import { openAlone, type Warren } from './warren.ts'

describe.if(hasBrowser('pages without JavaScript'))('in a browser without JavaScript', () => {
  let warren: Warren
  let ann: Guest
  let bo: Guest
  let plain: Guest

  beforeAll(async () => {
    warren = await openAlone()
    ;({ ann, bo } = await openWarren(warren.url))
    await say(ann.page, 'read me **plainly**')
    await hears(bo.page, 'read me')
    plain = await arrive(warren.url, { javaScriptEnabled: false })
  }, 60_000)
  afterAll(async () => {
    for (const guest of [ann, bo, plain]) await guest?.browser.close()
    await warren.remove()
  })

  test('one signs in, reads, and sends by a plain form; others hear it', async () => {
    await signIn(plain.page, 'bo')
    await plain.page.click('.sidebar-row:has-text("general")')
    const read = await said(plain.page)
    await plain.page.fill('#composer textarea', 'written plainly')
    await plain.page.click('#composer .send')
    await hears(plain.page, 'written plainly')
    await hears(ann.page, 'written plainly')

    expect(read).toEqual(['read me plainly'])
    expect(await said(ann.page)).toEqual(['read me plainly', 'written plainly'])
  })

  test('one opens panels, changes a setting and signs out', async () => {
    await plain.page.click('.member-count')
    await plain.page.waitForSelector('#panel >> text=@ann')
    await plain.page.goto(`${warren.url}/settings/profile`)
    await plain.page.fill('[name=status_text]', 'without scripts')
    await plain.page.click('button.primary')
    await plain.page.waitForSelector('text=Saved.')
    await plain.page.click('text=Sign out')
    await plain.page.waitForSelector('text=You are signed out.')

    expect(plain.trouble).toEqual([])
  })
})
