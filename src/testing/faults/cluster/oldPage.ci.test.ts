import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { arrive, fillAccount, type Guest, hears, isAlive, message, say } from '../../browser/guest.ts'
import { hasBrowser } from '../../browser.ts'
import { askRest } from '../../checker/line.ts'
import { type PatchedTree, plant } from '../../checker/tree.ts'
import { findFreePort } from '../../freePort.ts'
import { PASSWORD } from '../../node.ts'
import { createVictim, type Victim } from '../executable.ts'
import { builtExecutable } from '../faults.ts'
import { NEXT } from './versions.ts'

// A page that was loaded before the node became the next version stays open for days: it meets events that it has never
// heard of (F41). The next version tells reactions and who comes in by names of its own.

describe.if(hasBrowser('an old page at a newer node'))('an old page at a newer node', () => {
  let node: Victim
  let next: PatchedTree
  const guests: Guest[] = []

  beforeAll(async () => {
    next = plant(NEXT)
    node = createVictim(builtExecutable(), { listen: `127.0.0.1:${await findFreePort()}` })
    await node.start()
  })
  afterAll(async () => {
    for (const { browser } of guests) await browser.close()
    await node.bury()
    next.remove()
  })

  async function enter(name: string): Promise<Guest> {
    const guest = await arrive(`${node.place.url}/register`)
    guests.push(guest)
    await fillAccount(guest.page, name, name)
    await isAlive(guest.page)
    return guest
  }

  const tokenOf = async (name: string): Promise<string> => {
    const login = { email: `${name}@example.org`, password: PASSWORD }
    return (await askRest(node.place, 'POST', '/api/auth/login', login)).access_token
  }

  async function replaceNode(): Promise<void> {
    node.signal('SIGKILL')
    await node.ended
    node = createVictim(next.command, { dataDir: node.dataDir, listen: new URL(node.place.url).host })
    await node.start()
  }

  test('goes on: what it does not know leaves no gap, and nothing of it is broken', async () => {
    const ann = await enter('ann')
    const at = { url: node.place.url, token: await tokenOf('ann') }
    const tea = { kind: 'channel', visibility: 'public', name: 'tea' }
    const { chat } = await askRest(at, 'POST', '/api/chats', tea)
    await ann.page.goto(`${node.place.url}/chats/${chat.id}`)
    await isAlive(ann.page)
    await say(ann.page, 'said before')
    await hears(ann.page, 'said before')

    await ann.page.evaluate(() => Object.assign(window, { isOld: true }))
    await replaceNode()
    const { data } = await askRest(at, 'GET', `/api/chats/${chat.id}/messages`)
    const before = data.find(({ content }: { content: string }) => content === 'said before')
    const bo = { email: 'bo@example.org', username: 'bo', password: PASSWORD }
    await askRest(node.place, 'POST', '/api/auth/register', bo)
    const asBo = { url: node.place.url, token: await tokenOf('bo') }
    await say(ann.page, 'said to the next version')
    await hears(ann.page, 'said to the next version')
    await askRest(asBo, 'POST', `/api/chats/${chat.id}/join`)
    await askRest(asBo, 'PUT', `/api/chats/messages/${before.id}/reactions/🫖`)
    const said = { client_id: crypto.randomUUID(), content: 'said by the next version' }
    await askRest(asBo, 'POST', `/api/chats/${chat.id}/messages`, said)

    await hears(ann.page, 'said by the next version')
    await message(ann.page, 'said before').locator('text=🫖').waitFor()
    await ann.page.locator('text=strolled in').first().waitFor()
    expect(await ann.page.evaluate(() => 'isOld' in window)).toBe(true)
    // The node was away for a moment.
    expect(ann.trouble.filter((words) => !/ERR_CONNECTION|WebSocket/.test(words))).toEqual([])
  }, 60_000)
})
