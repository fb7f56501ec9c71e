/** @jsxImportSource hono/jsx */
import type { Hono } from 'hono'
import type { Env } from '../platform/http/api.ts'
import type { PageDeps } from '../../views/deps.ts'
import { mountDoorPages } from './pages.door.tsx'
import { mountMailPages } from './pages.mail.tsx'
import { mountPeoplePages } from './pages.people.tsx'
import { mountSettingsPages } from './pages.settings.tsx'

/** Signing in and out, what comes by mail, one's own settings, and people. */
export function mountAccountsPages(pages: Hono<Env>, deps: PageDeps): void {
  mountDoorPages(pages, deps)
  mountMailPages(pages, deps)
  mountSettingsPages(pages, deps)
  mountPeoplePages(pages, deps)
}
