import { type Import, isTest } from './tree.ts'

// Who may import whom. Each rule is a line or two of ARCHITECTURE.md; house.test.ts holds the tree to them.

/** From the ground up: a room imports only rooms to its left, through their `index.ts`. */
export const ROOMS = ['accounts', 'timeline', 'chats', 'messages', 'joining', 'presence']

type Place = 'roof' | 'testing' | 'platform' | 'room' | 'texts' | 'client' | 'island' | 'views' | 'outside'

const PLACES: [RegExp, Place][] = [
  [/^src\/\w+\.tsx?$/, 'roof'],
  [/^src\/(commands|config)\//, 'roof'],
  [/^src\/testing\//, 'testing'],
  [/^src\/platform\//, 'platform'],
  [/^src\/texts\//, 'texts'],
  [/^src\/client\//, 'client'],
  [new RegExp(`^src/(${ROOMS.join('|')})/`), 'room'],
  [/^views\/islands\//, 'island'],
  [/^views\//, 'views'],
]

const placeOf = (path: string): Place => PLACES.find(([form]) => form.test(path))?.[1] ?? 'outside'

const roomOf = (path: string): string => path.split('/')[1] ?? ''

/** An edge translates: `api.ts`, `pages.tsx`, `frames.ts`, also in parts (`api.members.ts`, `pages/`). */
export const isEdge = (path: string): boolean =>
  /\/(api|pages|frames)(\.\w+)*\.tsx?$/.test(path) || /^src\/\w+\/(api|pages|frames)\//.test(path)

/** Why `path` may not import this, or null when it may. */
export function breaks(path: string, { target, typeOnly }: Import): string | null {
  if (isTest(path)) return null
  const from = placeOf(path)
  const to = placeOf(target)
  if (from === 'testing') return null
  if (from === 'outside' && path.startsWith('src/')) return 'this file stands in no room'
  if (isTest(target) || to === 'testing') return 'only tests import tests'
  if (/^(bench|script)\//.test(target)) return 'bench and script are no part of the program'
  if (from === 'roof') return null
  if (to === 'roof')
    return typeOnly && target === 'src/config.ts' ? null : 'nothing but a test knows the roof'
  return RULES[from]?.(path, target, typeOnly) ?? null
}

type Rule = (path: string, target: string, typeOnly: boolean) => string | null

const RULES: Partial<Record<Place, Rule>> = {
  platform: (_, target) =>
    among(target, ['platform', 'outside']) ? null : 'the ground floor imports no room, no view and no text',
  room: roomRule,
  texts: (_, target, typeOnly) => (typeOnly || among(target, ['texts']) ? null : 'the texts stand alone'),
  client: (_, target, typeOnly) => browserRule(target, typeOnly, ['client', 'texts']),
  island: (_, target, typeOnly) => browserRule(target, typeOnly, ['client', 'texts', 'island', 'views']),
  views: (_, target, typeOnly) =>
    typeOnly || among(target, ['views', 'island', 'texts', 'outside'])
      ? null
      : 'views import views, texts and types',
}

const among = (target: string, places: Place[]): boolean => places.includes(placeOf(target))

function roomRule(path: string, target: string, typeOnly: boolean): string | null {
  if (among(target, ['platform', 'texts', 'outside'])) return null
  if (among(target, ['views', 'island'])) {
    return typeOnly || isEdge(path) ? null : 'only an edge (api, pages, frames) imports views'
  }
  if (!among(target, ['room'])) return 'rooms know nothing of what runs in the browser'
  const mine = ROOMS.indexOf(roomOf(path))
  const theirs = ROOMS.indexOf(roomOf(target))
  if (theirs === mine) return null
  if (theirs > mine) return `${roomOf(target)} stands to the right of ${roomOf(path)}`
  return target === `src/${roomOf(target)}/index.ts` ? null : 'other rooms are entered through index.ts'
}

function browserRule(target: string, typeOnly: boolean, places: Place[]): string | null {
  if (typeOnly || among(target, places)) return null
  if (/^(src|views)\//.test(target)) return 'the browser gets only types of what runs on the server'
  return /^(bun|node:|hono)/.test(target) ? 'this package does not run in the browser' : null
}

/** Settings are read in `config.ts` and passed: everything else is told what it needs. */
export function readsEnvironment(path: string, source: string): boolean {
  const may =
    isTest(path) ||
    /^src\/(main\.ts|config\.ts|config\/|testing\/)/.test(path) ||
    !/^(src|views)\//.test(path)
  return !may && /\b(process|Bun)\.env\b|\bimport\.meta\.env\b/.test(source)
}

/** A test waits for a reply or a frame, never for time. */
export const waitsForTime = (path: string, source: string): boolean =>
  isTest(path) && /\bBun\.sleep|\bsetTimeout\(|['"](node:)?timers\/promises['"]/.test(source)

/** A path on somebody's machine, which is on no other. */
export const namesMachine = (source: string): boolean => /(^|[\s"'`(=:])\/(home|root|Users)\/\w/m.test(source)
