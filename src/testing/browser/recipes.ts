import type { Page } from 'playwright-core'
import { pageRoutes } from './pageRoutes.ts'
import type { Team } from './team.ts'

// How to come to every page. The routes are asked for their names: a new page without a recipe makes the test red.

/** Who looks: ann, somebody who is not signed in, or the first person at an empty node. */
export type Looker = 'ann' | 'stranger' | 'first'

export interface Recipe {
  name: string
  /** The page's route, as the router has it; null for a state of a page that another recipe covers. */
  route: string | null
  as: Looker
  path(team: Team): string
  /** What to do on the page before it is looked at. */
  act?(page: Page): Promise<void>
  /** Not where there is no mouse and no keyboard. */
  deskOnly?: boolean
}

const plain = (route: string, name: string, as: Looker = 'ann'): Recipe => ({
  name,
  route,
  as,
  path: () => route,
})

const ofChat = (name: string, part: string, chat: keyof Team['chats'] = 'fieldTest'): Recipe => ({
  name,
  route: `/chats/:id${part}`,
  as: 'ann',
  path: ({ chats }) => `/chats/${chats[chat]}${part}`,
})

const PAGES: Recipe[] = [
  plain('/setup', 'setup', 'first'),
  plain('/login', 'login', 'stranger'),
  plain('/register', 'register', 'stranger'),
  plain('/forgot-password', 'forgot-password', 'stranger'),
  { ...plain('/verify-email', 'verify-email', 'stranger'), path: () => '/verify-email?token=abc' },
  { ...plain('/reset-password', 'reset-password', 'stranger'), path: ({ reset }) => reset },
  {
    ...plain('/check-your-mail', 'check-your-mail', 'stranger'),
    path: () => '/check-your-mail?sent=verify&email=ann@example.org',
  },
  { name: 'join', route: '/join/:code', as: 'stranger', path: ({ invite }) => `/join/${invite}` },
  plain('/', 'home'),
  ofChat('chat', ''),
  ofChat('about', '/about'),
  ofChat('pinned', '/pinned'),
  ofChat('members', '/members'),
  ofChat('chat-settings', '/settings'),
  plain('/chats/new', 'new-message'),
  plain('/channels', 'channels'),
  plain('/settings', 'settings'),
  plain('/settings/profile', 'profile'),
  plain('/settings/appearance', 'appearance'),
  plain('/settings/account', 'account'),
  plain('/people', 'people'),
  plain('/people/invites', 'invites'),
  plain('/docs/api', 'api-reference', 'stranger'),
  plain('/mailbox', 'mailbox', 'stranger'),
  { name: 'mail', route: '/mailbox/:id', as: 'stranger', path: ({ mail }) => `/mailbox/${mail}` },
]

const state = (of: Recipe, name: string, act: Recipe['act'], more: Partial<Recipe> = {}): Recipe => ({
  ...of,
  ...more,
  name,
  route: null,
  ...(act ? { act } : {}),
})

const chat = ofChat('chat', '')
const login = plain('/login', 'login', 'stranger')
const newChat = plain('/chats/new', 'new')

const STATES: Recipe[] = [
  state(ofChat('', '', 'hard'), 'chat-hard', undefined),
  state(ofChat('', '', 'hard'), 'chat-hard-middle', async (page) => {
    await page.evaluate(() => document.querySelector('.reaction')?.scrollIntoView({ block: 'center' }))
  }),
  state(ofChat('', '', 'empty'), 'chat-empty', undefined),
  state(ofChat('', '', 'outside'), 'chat-outside', undefined),
  state(ofChat('', '', 'archived'), 'chat-archived', undefined),
  state(ofChat('', '', 'direct'), 'chat-direct', undefined),
  state(ofChat('', '/about', 'direct'), 'about-direct', undefined),
  state(ofChat('', '/pinned', 'empty'), 'pinned-none', undefined),
  state(chat, 'chat-linked', undefined, {
    path: ({ chats, message }) => `/chats/${chats.fieldTest}?message=${message}`,
  }),
  state(chat, 'chat-restored', async (page) => {
    await page.evaluate(() => localStorage.setItem('warren-epoch', 'another history'))
    await page.reload()
    await page.waitForSelector('.toast.error')
  }),
  state(chat, 'chat-menu', openMenu),
  state(chat, 'chat-emoji', openEmoji),
  state(chat, 'chat-reply', async (page) => {
    await page.locator('article.message').last().focus()
    await page.keyboard.press('r')
    await page.waitForSelector('.composer-reply')
  }),
  state(chat, 'chat-edit', async (page) => {
    await page.locator('article.message:has-text("checklist")').focus()
    await page.keyboard.press('e')
    await page.waitForSelector('article textarea')
  }),
  state(chat, 'chat-delete', async (page) => {
    await page.locator('article.message:has-text("checklist")').focus()
    await page.keyboard.press('Delete')
    await page.waitForSelector('dialog[open]')
  }),
  state(chat, 'chat-mention', async (page) => {
    await page.locator('#composer textarea').focus()
    await page.keyboard.type('@')
    await page.waitForSelector('#mention-list .option')
  }),
  state(chat, 'chat-switcher', async (page) => {
    await page.keyboard.press('Control+k')
    await page.waitForSelector('dialog.switcher .option')
  }),
  state(newChat, 'new-group', undefined, { path: () => '/chats/new?kind=group' }),
  state(newChat, 'new-channel', undefined, { path: () => '/chats/new?kind=channel' }),
  state(plain('/channels', ''), 'channels-archived', undefined, { path: () => '/channels?show=archived' }),
  state(plain('/channels', ''), 'channels-none', undefined, {
    path: () => '/channels?query=nothing-like-it',
  }),
  state(login, 'login-wrong', async (page) => {
    await page.fill('#email', 'ann@example.org')
    await page.fill('#password', 'not the right one')
    await page.click('button.primary')
    await page.waitForSelector('[role=alert], .wrong-text')
  }),
  state(login, 'join-gone', undefined, { path: () => '/join/nothing' }),
  state(login, 'reset-gone', undefined, { path: () => '/reset-password?token=abc' }),
  state(login, 'forgot-mail-off', undefined, { as: 'first', path: () => '/forgot-password' }),
  state(chat, 'not-found', undefined, { path: () => '/no/such/page' }),
]

async function openMenu(page: Page): Promise<void> {
  await page.locator('article.message').last().focus()
  await page.keyboard.press('ContextMenu')
  await page.waitForSelector('[role=menu]')
}

/** By the key; with fingers, by the last of the reactions in the sheet. */
async function openEmoji(page: Page): Promise<void> {
  const hasFingers = await page.evaluate(() => matchMedia('(pointer: coarse)').matches)
  if (hasFingers) {
    await openMenu(page)
    await page.locator('.quick button').last().click()
  } else {
    await page.locator('article.message').last().focus()
    await page.keyboard.press('a')
  }
  await page.waitForSelector('.emoji-grid')
}

export const RECIPES: readonly Recipe[] = [...PAGES, ...STATES]

/** Pages of the router that no recipe leads to, and recipes for pages that are gone. */
export function uncovered(): { missing: string[]; gone: string[] } {
  const routes = new Set(pageRoutes())
  const covered = new Set(PAGES.flatMap(({ route }) => route ?? []))
  return {
    missing: [...routes].filter((route) => !covered.has(route)),
    gone: [...covered].filter((route) => !routes.has(route)),
  }
}
