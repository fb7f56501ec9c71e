import { expect, test } from 'bun:test'
import { Glob } from 'bun'
import {
  countIn,
  datesIn,
  fill,
  islandTexts,
  localeFor,
  mailTexts,
  pickLocale,
  refusalText,
  texts,
} from './index.ts'
import { refusalsEn } from './refusals.en.ts'
import { refusalsRu } from './refusals.ru.ts'

/** Every leaf with its path; a function counts as the text it makes. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') return [[path, String(value('7', '7'))]]
  return Object.entries(value as object).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
}

const ENGLISH_ON_PURPOSE = ['.team', '.nav.label']

test('every text is there in both languages, and none was left in English', () => {
  const english = new Map(leaves(texts('en')))
  const russian = leaves(texts('ru'))

  expect(russian.map(([path]) => path).sort()).toEqual([...english.keys()].sort())
  const untranslated = russian.filter(
    ([path, text]) => !/[а-яё]/i.test(text) && !ENGLISH_ON_PURPOSE.includes(path) && !/^7(: 7)?$/.test(text),
  )
  expect(untranslated).toEqual([])
  expect(
    [...english.values(), ...russian.map(([, text]) => text)].filter((text) => text.trim() === ''),
  ).toEqual([])
})

test('every refusal in the code has its words in both languages, and no words are kept for nothing', async () => {
  const said = new Set<string>()
  let code = ''
  for await (const path of new Glob('src/**/*.{ts,tsx}').scan('.')) {
    if (/\.test\.tsx?$|\.contract\.ts$|^src\/(texts|testing|client)\//.test(path)) continue
    const source = await Bun.file(path).text()
    code += source
    for (const [, reason] of source.matchAll(/(?:refuse|new Refusal)\(\s*'\w+',\s*'(\w+)'/g))
      said.add(reason ?? '')
  }
  // One is said by what stands in front, when there is no node that could.
  for (const [, reason] of (await Bun.file('deploy/Caddyfile').text()).matchAll(/"reason":"(\w+)"/g)) {
    said.add(reason ?? '')
    code += `'${reason}'`
  }

  expect([...said].filter((reason) => !(reason in refusalsEn)).sort()).toEqual([])
  expect(Object.keys(refusalsEn).filter((reason) => !code.includes(`'${reason}'`))).toEqual([])
  expect(Object.keys(refusalsRu).sort()).toEqual(Object.keys(refusalsEn).sort())
})

test('a reason that nobody wrote words for is not shown raw', () => {
  expect(refusalText('en', 'no_such_reason')).toBe('That did not work. Try again.')
  expect(refusalText('ru', 'toString')).toBe('Не получилось. Повторите.')
})

test('Russian counts in its own forms', () => {
  const { members } = texts('ru')

  expect([1, 2, 5, 11, 21, 1.5].map(members)).toEqual([
    '1 участник',
    '2 участника',
    '5 участников',
    '11 участников',
    '21 участник',
    '1,5 участника',
  ])
  expect(countIn('ru', islandTexts('ru').timeline.heard, 3)).toBe('3 новых сообщения')
  expect(countIn('en', islandTexts('en').timeline.heard, 1)).toBe('1 new message')
})

test('the texts of the islands survive the way to the browser, with the same holes in both languages', () => {
  const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort()
  const { locale: _, ...english } = islandTexts('en')
  const russian = new Map(leaves(islandTexts('ru')))

  expect(JSON.parse(JSON.stringify(islandTexts('ru')))).toEqual(islandTexts('ru'))
  for (const [path, text] of leaves(english))
    expect([path, holes(russian.get(path) ?? '')]).toEqual([path, holes(text)])
  expect(fill(english.typing.two, { a: 'Ann', b: 'Bo {a}' })).toBe('Ann and Bo {a} are typing…')
})

test('the language is the chosen one, else what the browser likes best of ours', () => {
  expect(pickLocale('ru', 'en')).toBe('ru')
  expect(pickLocale('ru-RU', 'en')).toBe('ru')
  expect(pickLocale(null, 'de, ru-RU;q=0.8, en;q=0.7')).toBe('ru')
  expect(pickLocale(null, 'ru;q=0, en;q=0.1')).toBe('en')
  expect(pickLocale('xx', null)).toBe('en')
})

test('a node that speaks one language speaks it to who chose none, whatever their browser likes', () => {
  expect(localeFor(null, 'ru', 'en')).toBe('ru')
  expect(localeFor('xx', 'ru', 'en')).toBe('ru')
  expect(localeFor('en-GB', 'ru', 'ru')).toBe('en')
  expect(localeFor(null, 'auto', 'ru')).toBe('ru')
})

test('a day has 24 hours and a short date says what matters', () => {
  const now = () => Date.parse('2026-11-21T12:00:00.000Z')
  const en = datesIn('en', 'Europe/Berlin', now)
  const ru = datesIn('ru', 'no such zone', now)

  expect(en.full('2026-11-21T20:05:00.000Z')).toBe('21 November, 21:05')
  expect(ru.full('2025-11-21T20:05:00.000Z')).toBe('21 ноября 2025 г., 20:05')
  expect(en.short('2026-11-21T09:05:00.000Z')).toBe('10:05')
  expect(ru.short('2026-11-19T09:05:00.000Z')).toBe('чт')
  expect(ru.short('2026-03-02T09:05:00.000Z')).toBe('2 мар.')
  expect(en.short('2024-03-02T09:05:00.000Z')).toBe('02/03/24')
})

test('a mail carries its link on a line of its own', () => {
  const url = 'https://chat.example/reset-password?token=x'
  for (const locale of ['en', 'ru'] as const)
    for (const make of Object.values(mailTexts(locale)))
      expect(make({ name: 'Ann', url }).text.split('\n')).toContain(url)
})
