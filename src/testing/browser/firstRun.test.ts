import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { buildBrowser } from '../../../script/browser.ts'
import { hasBrowser } from '../browser.ts'
import { startTestNode, type TestNode } from '../node.ts'
import { type Guest, hears, openWarren, said, say } from './guest.ts'

// The main job, in two browsers. `.ci/run` has it once more from the executable, and everything around it.

describe.if(hasBrowser('two people meet'))('in two browsers', () => {
  let node: TestNode
  let guests: Guest[] = []

  beforeAll(async () => {
    await buildBrowser()
    node = await startTestNode()
  })
  afterAll(async () => {
    for (const { browser } of guests) await browser.close()
    await node.stop()
  })

  test('the first person opens the warren, invites a second, and the two talk', async () => {
    const { ann, bo } = await openWarren(node.url)
    guests = [ann, bo]
    expect(await ann.page.locator('h1').textContent()).toBe('general')
    expect(new URL(bo.page.url()).pathname).toBe(new URL(ann.page.url()).pathname)

    await say(ann.page, 'hello bo')
    await hears(bo.page, 'hello bo')
    await say(bo.page, 'hello ann')
    await hears(ann.page, 'hello ann')

    expect(await said(ann.page)).toEqual(['hello bo', 'hello ann'])
    expect(await said(bo.page)).toEqual(['hello bo', 'hello ann'])
    expect([...ann.trouble, ...bo.trouble]).toEqual([])
  }, 60_000)
})
