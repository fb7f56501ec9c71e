/** @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Env } from '../platform/http/api.ts'
import { type Failed, submit } from '../platform/http/form.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import type { PageDeps } from '../../views/deps.ts'
import { formState } from '../../views/formState.ts'
import { Appearance } from '../../views/settings/Appearance.tsx'
import { Profile, type ProfileField } from '../../views/settings/Profile.tsx'
import { mountAccountPages } from './pages.account.tsx'
import { preference, setCookies } from './pages.door.tsx'
import { profileInput } from './profileInput.ts'
import { updateProfile } from './updateProfile.ts'

const PROFILE: readonly ProfileField[] = ['full_name', 'phone_number', 'bio', 'status_text', 'status_emoji']

/** A browser ends lines with CR LF; the protocol knows only LF. */
const asLines = (value: unknown) => (typeof value === 'string' ? value.replaceAll('\r\n', '\n') : value)
const profileForm = profileInput
  .omit({ locale: true })
  .extend({ bio: z.preprocess(asLines, profileInput.shape.bio) })

const appearanceForm = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']),
  density: z.enum(['comfortable', 'compact']),
  locale: z.enum(['', 'en', 'ru']),
})

export function mountSettingsPages(pages: Hono<Env>, deps: PageDeps): void {
  const isSaved = (c: Context<Env>) => c.req.query('saved') !== undefined
  pages.get('/settings', async (c) => c.html(<Profile {...(await deps.signedIn(c))} isBeside />))
  pages.get('/settings/profile', async (c) =>
    c.html(<Profile {...(await deps.signedIn(c))} isSaved={isSaved(c)} />),
  )
  pages.post('/settings/profile', (c) =>
    submit(c, {
      schema: profileForm,
      act: async (change) => {
        await updateProfile(c.var.app, requireSession(c).userId, change)
        return '/settings/profile?saved'
      },
      again: (failed) => profileAgain(deps, c, failed),
    }),
  )
  pages.get('/settings/appearance', async (c) =>
    c.html(<Appearance {...(await deps.signedIn(c))} isSaved={isSaved(c)} />),
  )
  pages.post('/settings/appearance', (c) =>
    submit(c, {
      schema: appearanceForm,
      act: async ({ theme, density, locale }) => {
        await updateProfile(c.var.app, requireSession(c).userId, { locale: locale || null })
        setCookies(c, [
          preference('theme', theme === 'system' ? '' : theme),
          preference('density', density === 'compact' ? density : ''),
          preference('locale', locale),
        ])
        return '/settings/appearance?saved'
      },
      again: async () => <Appearance {...(await deps.signedIn(c))} />,
    }),
  )
  mountAccountPages(pages, deps)
}

async function profileAgain(deps: PageDeps, c: Context<Env>, failed: Failed) {
  const page = await deps.signedIn(c)
  return <Profile {...page} form={formState(page.shell.ui, failed, PROFILE)} />
}
