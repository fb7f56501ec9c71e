/** @jsxImportSource hono/jsx */
import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gallery } from '../src/testing/gallery.tsx'
import { LOCALES } from '../src/texts/index.ts'
import { hueOf, initialsOf } from './face.ts'
import { deviceName, isDesk } from './settings/Account.tsx'

const asset = (name: string) => `/assets/${name}`
const pages = LOCALES.flatMap((locale) =>
  [...gallery(locale, asset)].map(([name, page]) => ({ locale, name, html: String(page) })),
)

/** Each element with this name: its attributes, as the HTML has them. */
const tags = (html: string, name: string) =>
  [...html.matchAll(new RegExp(`<${name}\\b([^>]*)>`, 'g'))].map(([, at]) => at ?? '')
const attribute = (tag: string, name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]

test.each(pages)('$locale $name is a whole document without holes', ({ locale, html }) => {
  expect(html.startsWith(`<!doctype html><html lang="${locale}"`)).toBe(true)
  expect(html).not.toMatch(/undefined|\[object|>null<|NaN|\bstyle=|\son\w+=/)
  expect(html).toMatch(/<title>[^<]+ · Warren<\/title>/)
  expect(html).toContain('<meta name="viewport"')
})

test.each(pages)(
  '$locale $name can be heard: one main part, one heading, no id twice, a name for every field',
  ({ html }) => {
    const ids = tags(html, '[a-z][a-z0-9-]*')
      .map((tag) => attribute(tag, 'id'))
      .filter((id) => id !== undefined)
    const labelled = new Set(tags(html, 'label').map((tag) => attribute(tag, 'for')))

    expect(tags(html, 'main').length).toBe(1)
    expect(tags(html, 'h1').length).toBe(1)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
    for (const tag of [...tags(html, 'input'), ...tags(html, 'select'), ...tags(html, 'textarea')]) {
      const isChoice = ['hidden', 'radio', 'checkbox'].includes(attribute(tag, 'type') ?? '') // these stand in their label
      const isNamed = attribute(tag, 'aria-label') !== undefined || labelled.has(attribute(tag, 'id'))
      expect([tag, isChoice || isNamed]).toEqual([tag, true])
    }
    const described = [...html.matchAll(/aria-(?:describedby|labelledby)="([^"]+)"/g)].flatMap(([, to]) =>
      (to ?? '').split(' '),
    )
    expect(described.filter((id) => !ids.includes(id))).toEqual([])
  },
)

test.each(pages)(
  '$locale $name works without JavaScript: every form goes somewhere, every link too',
  ({ html }) => {
    for (const tag of tags(html, 'form')) expect(attribute(tag, 'action')).toMatch(/^\//)
    for (const tag of tags(html, 'a')) expect(attribute(tag, 'href')).toMatch(/^[/#?]/)
    for (const tag of tags(html, 'button')) expect(attribute(tag, 'type')).toMatch(/submit|button/)
  },
)

test('what htmx does to a page, the page does without it: the same address, the same method', () => {
  for (const { html } of pages) {
    for (const tag of tags(html, 'a'))
      if (tag.includes('hx-get')) expect(attribute(tag, 'hx-get')).toBe(attribute(tag, 'href'))
    for (const tag of tags(html, 'form'))
      if (tag.includes('hx-post')) expect(attribute(tag, 'hx-post')).toBe(attribute(tag, 'action'))
  }
})

test('every icon that a page shows is in the sprite', () => {
  const sprite = readFileSync(join(import.meta.dir, '../static/icons.svg'), 'utf8')
  const used = new Set(
    pages.flatMap(({ html }) => [...html.matchAll(/icons\.svg#([\w-]+)/g)].map(([, name]) => name)),
  )

  expect([...used].filter((name) => !sprite.includes(`id="${name}"`))).toEqual([])
})

test('the sign-in page is small and asks for no script', () => {
  const html = pages.find(({ name }) => name === 'login')?.html ?? ''

  expect(html).not.toContain('<script')
  expect(Bun.gzipSync(html).length).toBeLessThan(8_000)
})

test('a page carries the list of chats once, and every page with a connection does', () => {
  for (const { name, html } of pages) {
    const lists = html.split('&quot;chats&quot;:[').length - 1
    expect([name, lists]).toEqual([name, html.includes('name="Shell"') ? 1 : 0])
  }
})

test('every page of the views is in the gallery', () => {
  const source = readFileSync(join(import.meta.dir, '../src/testing/gallery.tsx'), 'utf8')
  const files = ['accounts', 'joining', 'chats', 'settings'].flatMap((room) =>
    readdirSync(join(import.meta.dir, room)),
  )
  const parts = [
    'Beginning.tsx',
    'naming.ts',
    'Panel.tsx',
    'PersonRow.tsx',
    'Sign.tsx',
    'Sidebar.tsx',
    'SettingsNav.tsx',
    'Unsent.tsx',
  ]

  expect(files.filter((file) => !parts.includes(file) && !source.includes(`/${file}'`))).toEqual([])
})

test('a face has the letters of its name and always the same hue', () => {
  expect(['Lena Hartmann', 'ann', 'Ñandú de la Cruz', '👩‍🚒 fire', '…'].map(initialsOf)).toEqual([
    'LH',
    'A',
    'ÑC',
    'F',
    '?',
  ])
  expect(hueOf('019a0000-0000-7000-8000-000000000001')).toBe(hueOf('019a0000-0000-7000-8000-000000000001'))
  const hues = Array.from({ length: 500 }, (_, at) => hueOf(`019a0000-0000-7000-8000-${at}`))
  expect([...new Set(hues)].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
})

test('a device is named as a person would', () => {
  expect(deviceName('Mozilla/5.0 (iPhone; CPU iPhone OS 26_1) AppleWebKit/605 Version/26.1 Safari/605')).toBe(
    'Safari, iOS',
  )
  expect(deviceName('Mozilla/5.0 (X11; Linux) Chrome/150.0 Safari/537.36')).toBe('Chrome, Linux')
  expect(deviceName('curl/8.7')).toBe('curl/8.7')
  expect(deviceName('')).toBe('')
})

test('a computer is drawn as one, a phone and what nobody knows as a phone; what is in use says now', () => {
  const agents = [
    'X11; Linux',
    'Windows NT 10.0',
    'Macintosh',
    'Linux; Android 16',
    'iPhone; like Mac OS X',
    '',
  ]
  expect(agents.map(isDesk)).toEqual([true, true, true, false, false, false])

  const page = pages.find(({ name, locale }) => name === 'account' && locale === 'en')?.html ?? ''
  const rows = [...page.matchAll(/<li class="setting" id="session-[\s\S]*?<\/li>/g)].map(([row]) => row)
  expect(rows.map((row) => /svg#(\w+)/.exec(row)?.[1])).toEqual(['computer', 'device'])
  expect(rows.map((row) => row.includes('In use now'))).toEqual([true, false])
  expect(rows.map((row) => row.includes('Last used'))).toEqual([false, true])
})

test('the list of settings names no page of its own as the current one; what stands beside it is only shown', () => {
  const list = pages.filter(({ name }) => name === 'settings')
  const rowsOf = (html: string) => tags(html, 'a').filter((tag) => /sidebar-row/.test(tag))

  expect(list.length).toBe(LOCALES.length)
  for (const { html } of list) {
    expect(rowsOf(html).filter((tag) => attribute(tag, 'aria-current') !== undefined)).toEqual([])
    expect(rowsOf(html).filter((tag) => /\bbeside\b/.test(tag)).length).toBe(1)
  }
})
