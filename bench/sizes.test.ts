import { expect, test } from 'bun:test'
import { createUser } from '../src/accounts/index.ts'
import { hasBrowser } from '../src/testing/browser.ts'
import { startTestNode } from '../src/testing/node.ts'
import { measureSizes } from './sizes.ts'
import { OWNER } from './warren.ts'

test.if(hasBrowser('the bytes of a first visit'))(
  'a first visit stays within its bytes: scripts 60 kB, style 20 kB, sign-in page 14 kB, gz',
  async () => {
    const here = await startTestNode()
    await createUser(here.node.app, OWNER, { role: 'owner', verified: true })
    const ada = await here.signIn(OWNER.username)
    await ada.post('/api/chats', { kind: 'channel', name: 'tea' })

    const { scripts, style, signInPage } = await measureSizes(here.url)

    expect(scripts).toBeWithin(20_000, 60_000)
    expect(style).toBeWithin(5_000, 20_000)
    expect(signInPage).toBeWithin(500, 14_000)
    await here.stop()
  },
  60_000,
)
