import type { ComponentType } from 'preact'
import { loadWords } from './words.ts'

/** Fetches an island's code: in the browser when one stands on the page, on the server once, at start. */
type Loader = () => Promise<ComponentType<never>>

/**
 * Every island, by the name its element carries. One line makes one: on the server it is rendered in place,
 * in the browser its file becomes a chunk of its own that is fetched when the island first appears.
 */
export const islands = {
  Shell: async () => (await spoken(import('./Shell.island.tsx'))).Shell,
  Sidebar: async () => (await spoken(import('./Sidebar.island.tsx'))).Sidebar,
  Timeline: async () => (await spoken(import('./Timeline.island.tsx'))).Timeline,
  Composer: async () => (await spoken(import('./Composer.island.tsx'))).Composer,
  Copy: async () => (await import('./Copy.island.tsx')).Copy,
} satisfies Record<string, Loader>

export type IslandName = keyof typeof islands

/** What an island is given. It travels as JSON in an attribute: plain values only. */
export type IslandProps<Name extends IslandName> = (typeof islands)[Name] extends () => Promise<
  ComponentType<infer Props>
>
  ? Props
  : never

/** An island's code and its words, at the same time. */
async function spoken<Module>(module: Promise<Module>): Promise<Module> {
  await loadWords()
  return module
}
