import type { BrowserContextOptions, Page } from 'playwright-core'
import { buildBrowser } from '../../../script/browser.ts'
import { type Browser, openBrowser } from '../browser.ts'
import { startTestNode, type TestNode, type TestPerson } from '../node.ts'
import { isAlive } from './guest.ts'

/** A node, ann and bo, and one browser in which either of them is at once. */
export interface Stage {
  node: TestNode
  browser: Browser
  ann: TestPerson
  bo: TestPerson
  /** What the browser complained about. */
  trouble: string[]
  /** A group of ann and bo. */
  aChat(name: string): Promise<string>
  say(person: TestPerson, chatId: string, content: string): ReturnType<TestPerson['post']>
  /** This person's page of the chat, alive. */
  open(person: TestPerson, chatId: string): Promise<Page>
  close(): Promise<void>
}

export async function openStage(options: BrowserContextOptions = {}): Promise<Stage> {
  await buildBrowser()
  const node = await startTestNode()
  const [ann, bo] = [await node.person('ann'), await node.person('bo')]
  const browser = await openBrowser(options)
  const trouble: string[] = []

  async function open(person: TestPerson, chatId: string): Promise<Page> {
    const page = await browser.newPage()
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => void trouble.push(error.stack ?? error.message))
    await browser.context.clearCookies()
    await browser.context.addCookies([
      { name: 'warren_access', value: person.token, url: node.url, httpOnly: true, sameSite: 'Lax' },
    ])
    await page.goto(`${node.url}/chats/${chatId}`)
    await isAlive(page)
    return page
  }

  return {
    node,
    browser,
    ann,
    bo,
    trouble,
    open,
    aChat: async (name) =>
      (await ann.post('/api/chats', { kind: 'group', name, member_ids: [bo.id] })).body.chat.id,
    say: (person, chatId, content) =>
      person.post(`/api/chats/${chatId}/messages`, { client_id: crypto.randomUUID(), content }),
    close: async () => {
      await browser.close()
      await node.stop()
    },
  }
}
