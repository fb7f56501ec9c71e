import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { hasBrowser } from '../browser.ts'
import { type Guest, hears, isAlive, looksAgain, openWarren, said, say, signIn } from './guest.ts'
import { openAlone, type Warren } from './warren.ts'

// A backup takes the place of the database under people who have heard more than it knows (F22).

describe.if(hasBrowser('a restore under open pages'))('in two browsers', () => {
  let warren: Warren
  let ann: Guest
  let bo: Guest

  beforeAll(async () => {
    warren = await openAlone()
    ;({ ann, bo } = await openWarren(warren.url))
  }, 60_000)
  afterAll(async () => {
    await ann?.browser.close()
    await bo?.browser.close()
    await warren.remove()
  })

  /** Ann writes without a node; then the node comes back with the backup's database. */
  async function restore(file: string, options: string, unsent: string): Promise<void> {
    await warren.kill()
    await say(ann.page, unsent)
    await ann.page.locator(`article.message.waiting:has-text("${unsent}")`).waitFor()
    expect((await warren.run(['restore', file, '--yes', ...options.split(' ').filter(Boolean)])).code).toBe(0)
    await warren.rise()
  }

  const backUp = async (): Promise<string> => (await warren.run(['backup', 'create'])).out.trim()

  test('what is gone is told, what was not sent arrives once, and both see the same', async () => {
    await say(ann.page, 'kept')
    await hears(bo.page, 'kept')
    const file = await backUp()
    await say(bo.page, 'gone')
    await hears(ann.page, 'gone')

    await restore(file, '--keep-sessions', 'still held')
    await looksAgain(ann.page)
    await looksAgain(bo.page)
    await hears(bo.page, 'still held')
    await hears(ann.page, 'still held')

    const told = '.toast.error:has-text("restored from a backup"):has-text("gone: 1")'
    await ann.page.waitForSelector(told)
    await bo.page.waitForSelector(told)
    expect(await said(ann.page)).toEqual(['kept', 'still held'])
    expect(await said(bo.page)).toEqual(['kept', 'still held'])
  })

  test('who has to sign in again is told as well, and what they wrote goes out then', async () => {
    const { pathname } = new URL(ann.page.url())
    const file = await backUp()
    await say(bo.page, 'gone too')
    await hears(ann.page, 'gone too')

    await restore(file, '', 'written before the door')
    await ann.page.waitForURL('**/login**')
    await signIn(ann.page, 'ann')
    await ann.page.waitForSelector('.toast.error:has-text("what was written after it is lost")')
    await ann.page.goto(warren.url + pathname)
    await isAlive(ann.page)
    await hears(ann.page, 'written before the door')

    expect((await said(ann.page)).slice(-1)).toEqual(['written before the door'])
    await ann.page.waitForSelector('article.message:not(.waiting):has-text("written before the door")')
  })
})
