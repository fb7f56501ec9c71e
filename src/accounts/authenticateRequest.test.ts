import { afterEach, beforeEach, expect, test } from 'bun:test'
import { openTestApp, reasonOf, type TestApp } from '../testing/app.ts'
import { enrol, sessionOf, signIn } from '../testing/cast.ts'
import {
  authenticateRequest,
  authenticateSocket,
  createTicket,
  hasCookie,
  logOut,
  readCookies,
  refresh,
  type SignedIn,
  signInCookies,
  signOutCookies,
} from './index.ts'
import { RETRY_MS } from './refreshToken.ts'

const HALF_HOUR = 30 * 60_000

let here: TestApp
let ann: SignedIn
beforeEach(async () => {
  here = await openTestApp()
  ann = await signIn(here.app, await enrol(here.app, 'ann'))
})
afterEach(() => here.close())

/** What a browser that was sent these would send back. */
const cookiesOf = (set: readonly string[]) => ({
  cookie: set.map((each) => each.split(';')[0]).join('; '),
})
const ask = (headers: Record<string, string>, secure = true) =>
  authenticateRequest(here.app, { headers: new Headers(headers), secure })
const knock = (path: string, headers: Record<string, string> = {}, app = here.app) =>
  authenticateSocket(app, { headers: new Headers(headers), secure: true, url: new URL(path, 'http://x') })

test('cookies are for this host alone, for no script, and not sent along from other sites (S-51)', () => {
  const [access, renewal] = signInCookies(ann, true)

  expect(access).toBe(
    `__Host-warren_access=${ann.accessToken}; Path=/; Max-Age=1800; HttpOnly; SameSite=Lax; Secure`,
  )
  expect(renewal).toBe(
    `__Host-warren_refresh=${ann.refreshToken}; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure`,
  )
  expect(signInCookies(ann, false).join()).not.toMatch(/__Host-|Secure/)
  expect(signOutCookies(true).every((each) => /^__Host-warren_\w+=; Path=\/; Max-Age=0;/.test(each))).toBe(
    true,
  )
})

test('on HTTPS only a cookie that no plain page could have planted is read (S-51)', () => {
  const planted = new Headers(cookiesOf(signInCookies(ann, false)))

  expect(readCookies(planted, true)).toEqual({ access: null, refresh: null })
  expect(hasCookie(planted)).toBe(true)
  expect(hasCookie(new Headers({ cookie: 'other=1' }))).toBe(false)
})

test('a request is known by its header, else by its cookie, and a wrong header is a stranger', async () => {
  const cookies = cookiesOf(signInCookies(ann, true))

  expect((await ask({ authorization: `Bearer ${ann.accessToken}` })).session).toMatchObject({
    id: ann.sessionId,
  })
  expect(await ask(cookies)).toMatchObject({ session: { id: ann.sessionId }, setCookies: [] })
  for (const authorization of [
    'Bearer',
    'Bearer x',
    `Basic ${ann.accessToken}`,
    `Bearer ${ann.refreshToken}`,
  ])
    expect(await ask({ ...cookies, authorization })).toEqual({ session: null, setCookies: [] })
  expect(await ask({})).toEqual({ session: null, setCookies: [] })
})

test('a browser whose access token ran out is renewed on the way, and twenty requests at once agree (S-03)', async () => {
  const cookies = cookiesOf(signInCookies(ann, true))
  here.later(HALF_HOUR)

  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(cookies)))

  for (const { session } of answers) expect(session).toMatchObject({ id: ann.sessionId })
  const renewals = new Set(answers.map(({ setCookies }) => setCookies[1]))
  expect(renewals.size).toBe(1)
  expect((await ask(cookiesOf(answers[0]?.setCookies ?? []))).session).toMatchObject({ id: ann.sessionId })
})

test('a browser whose session is over is signed out, cookies and all', async () => {
  const cookies = cookiesOf(signInCookies(ann, true))
  await logOut(here.app, await sessionOf(here.app, ann))

  const { session, setCookies } = await ask(cookies)

  expect(session).toBeNull()
  expect(setCookies).toEqual(signOutCookies(true))
})

test('a database that is away signs nobody out', async () => {
  const down = { ...here.app, limits: { ...here.app.limits, spend: () => Promise.reject(new Error('down')) } }
  here.later(HALF_HOUR)
  const headers = new Headers(cookiesOf(signInCookies(ann, true)))

  expect(await reasonOf(authenticateRequest(down, { headers, secure: true }))).toBeInstanceOf(Error)
})

test('a socket is known by header, ticket, token in its URL or cookie (S-05)', async () => {
  const ticket = await createTicket(here.app, await sessionOf(here.app, ann))
  const known = { session: { id: ann.sessionId }, setCookies: [] }

  expect(await knock('/ws', { authorization: `Bearer ${ann.accessToken}` })).toMatchObject(known)
  expect(await knock(`/ws?ticket=${ticket}`)).toMatchObject(known)
  expect(await knock(`/ws?token=${ann.accessToken}`)).toMatchObject(known)
  expect(await knock(`/ws/${ann.accessToken}`)).toMatchObject(known)
  expect(await knock(`/ws/${ann.accessToken}/`)).toMatchObject(known)
  expect(await knock('/ws', cookiesOf(signInCookies(ann, true)))).toMatchObject(known)
})

test('no token opens a socket in the place of another kind (S-01)', async () => {
  const ticket = await createTicket(here.app, await sessionOf(here.app, ann))
  const cookies = cookiesOf(signInCookies(ann, true))
  const paths = [
    '/ws',
    `/ws?ticket=${ann.accessToken}`,
    `/ws?ticket=${ann.refreshToken}`,
    `/ws?token=${ticket}`,
    `/ws?token=${ann.refreshToken}`,
    `/ws/${ann.refreshToken}`,
    '/ws?token=',
  ]

  for (const path of paths) expect((await knock(path)).session).toBeNull()
  expect((await knock('/ws?ticket=wrong', cookies)).session).toBeNull()
  expect((await knock('/ws?token=wrong', cookies)).session).toBeNull()
  expect((await knock('/ws', { ...cookies, authorization: 'Bearer wrong' })).session).toBeNull()
})

test('tokens in the URL can be turned off; tickets stay', async () => {
  const app = { ...here.app, config: { ...here.app.config, wsUrlToken: false } }
  const ticket = await createTicket(app, await sessionOf(app, ann))

  expect((await knock(`/ws?token=${ann.accessToken}`, {}, app)).session).toBeNull()
  expect((await knock(`/ws/${ann.accessToken}`, {}, app)).session).toBeNull()
  expect((await knock(`/ws?ticket=${ticket}`, {}, app)).session).not.toBeNull()
})

test('a page that was open for an hour connects again without spending its refresh token', async () => {
  const cookies = cookiesOf(signInCookies(ann, true))
  here.later(2 * HALF_HOUR)

  expect((await knock('/ws', cookies)).session).toMatchObject({ id: ann.sessionId })
  const next = await refresh(here.app, ann.refreshToken)
  here.later(RETRY_MS + 1)

  expect((await knock('/ws', cookies)).session).toBeNull()
  expect((await knock('/ws', cookiesOf(signInCookies(next, true)))).session).toMatchObject({
    id: ann.sessionId,
  })
})
