import { afterAll, beforeAll, expect, test } from 'bun:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { openTestApp, type TestApp } from '../testing/app.ts'
import { enrol, signIn } from '../testing/cast.ts'
import { authenticate, createTicket, type SignedIn } from './index.ts'
import { SIGNS_FOR_MS, signingKey } from './signingKeys.ts'

let here: TestApp
let ann: SignedIn
beforeAll(async () => {
  here = await openTestApp()
  ann = await signIn(here.app, await enrol(here.app, 'ann'))
})
afterAll(() => here.close())

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token as ours are, signed with our own key, but for what is given. */
async function forge(header: object, claims: object, leaveOut = ''): Promise<string> {
  const { kid, privateKey } = await signingKey(here.app)
  const now = Math.floor(here.app.clock.now() / 1000)
  const all: Record<string, unknown> = {
    iss: 'warren',
    aud: 'warren',
    sub: ann.user.id,
    sid: ann.sessionId,
    jti: 'x',
    iat: now,
    exp: now + 60,
    ...claims,
  }
  delete all[leaveOut]
  return new SignJWT(all).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header }).sign(privateKey)
}

test('a token that is as ours are is believed', async () => {
  expect(await authenticate(here.app, await forge({}, {}))).toMatchObject({ userId: ann.user.id })
})

test('a token of another kind, issuer or audience, or without a claim, is not (S-01)', async () => {
  const past = Math.floor(here.app.clock.now() / 1000) - 1
  const forged = [
    await forge({ typ: 'JWT' }, {}),
    await forge({ typ: 'refresh+jwt' }, {}),
    await forge({ kid: '99' }, {}),
    await forge({}, { iss: 'elsewhere' }),
    await forge({}, { aud: 'elsewhere' }),
    await forge({}, { exp: past }),
    await forge({}, { nbf: past + 100 }),
    await forge({}, { sid: 7 }),
    await forge({}, { sid: `' or 1=1 --` }),
    await forge({}, { sub: crypto.randomUUID() }),
    ...(await Promise.all(
      ['exp', 'iat', 'sub', 'sid', 'jti', 'iss', 'aud'].map((claim) => forge({}, {}, claim)),
    )),
  ]

  for (const token of forged) expect(await authenticate(here.app, token)).toBeNull()
})

test('none, a public key taken for a secret, keys from elsewhere and junk are refused, and nothing is fetched (S-02)', async () => {
  const [, payload = '', signature = ''] = ann.accessToken.split('.')
  const { kid, publicKey } = await signingKey(here.app)
  const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey)))
  const stranger = await generateKeyPair('ES256', { extractable: true })
  const fetched: string[] = []
  const server = Bun.serve({
    port: 0,
    fetch: (request) => {
      fetched.push(request.url)
      return new Response('{}')
    },
  })
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const elsewhere = { jku: server.url.href, x5u: server.url.href, jwk: await exportJWK(stranger.publicKey) }
  const tokens = [
    `${base64({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.`,
    `${base64({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.${signature}`,
    await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid }).sign(secret),
    await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...elsewhere })
      .sign(stranger.privateKey),
    `${base64({ alg: 'dir', enc: 'A256GCM' })}..AA.AA.AA`,
    ann.accessToken.slice(0, -4),
    '',
    '..',
    'a'.repeat(65_536),
    `${ann.accessToken}${'a'.repeat(65_536)}`,
  ]

  for (const token of tokens) expect(await authenticate(here.app, token)).toBeNull()
  await server.stop(true)
  expect(fetched).toEqual([])
})

test('refresh tokens and tickets are no access tokens (S-01)', async () => {
  const ticket = await createTicket(here.app, {
    id: ann.sessionId,
    userId: ann.user.id,
    role: 'member',
    kind: 'person',
  })

  expect(await authenticate(here.app, ann.refreshToken)).toBeNull()
  expect(await authenticate(here.app, ticket)).toBeNull()
})

test('keys are sealed in the database, and a token outlives the change to the next key by its own time (S-49)', async () => {
  const [row] = await here.app.db.read<{ sealed_jwk: string }>`select sealed_jwk from signing_keys`
  expect(row?.sealed_jwk).not.toContain('"d"')

  const before = await signingKey(here.app)
  here.later(SIGNS_FOR_MS - 1000)
  const bo = await signIn(here.app, await enrol(here.app, 'bo'))
  here.later(2000)
  const cy = await signIn(here.app, await enrol(here.app, 'cy'))

  expect((await signingKey(here.app)).kid).not.toBe(before.kid)
  expect(await authenticate(here.app, bo.accessToken)).toMatchObject({ userId: bo.user.id })
  expect(await authenticate(here.app, cy.accessToken)).toMatchObject({ userId: cy.user.id })
})
