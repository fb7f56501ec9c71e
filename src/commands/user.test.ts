import { describe, expect, test } from 'bun:test'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAdminSocket } from '../platform/adminSocket.ts'
import { loadConfig } from '../config.ts'
import { carryOut } from './admin/actions.ts'
import { withoutNode } from './admin/offline.ts'
import { type CommandLine, openCommandLine } from './commandLine.ts'

const PASSWORD = 'correct horse battery'

const fileWith = (text: string) => {
  const path = join(mkdtempSync(join(tmpdir(), 'warren-cli-')), 'password')
  writeFileSync(path, text)
  return path
}

const list = async ({ warren }: CommandLine) => JSON.parse((await warren('user list --json')).out) as object[]

describe('accounts by the command line, without a node', () => {
  test('the first is the owner whatever was asked, the next what was asked', async () => {
    const line = openCommandLine()

    const ada = await line.warren('user create ada@example.org --role guest', {}, `${PASSWORD}\n`)
    const bo = await line.warren(
      `user create Bo.Lee@example.org --role admin --password-file ${fileWith(PASSWORD)}`,
    )

    expect(ada).toMatchObject({ exit: 0, err: '', out: 'ada  ada@example.org  owner' })
    expect(bo).toMatchObject({ exit: 0, out: 'bo.lee  bo.lee@example.org  admin' })
    expect(await list(line)).toMatchObject([
      { username: 'ada', role: 'owner', is_active: true },
      { username: 'bo.lee', role: 'admin', is_active: true },
    ])
  })

  test('what cannot be is refused with what to do, and changes nothing', async () => {
    const line = openCommandLine()
    await line.warren('user create ada@example.org', {}, PASSWORD)

    const refusals = await Promise.all(
      [
        ['user create ada2@example.org --username ada', PASSWORD, 'the username is taken'],
        [
          'user create ada@example.org --username ada2',
          PASSWORD,
          'there is an account with that e-mail already',
        ],
        ['user create bo@example.org', 'short', 'password shorter than 8 characters'],
        ['user create nonsense', PASSWORD, 'email must be an e-mail address'],
        ['user set-role ada member', '', 'this is the last owner'],
        ['user deactivate ada --yes', '', 'this is the last owner'],
        ['user set-password cy', PASSWORD, 'nobody has that e-mail, username or id'],
      ].map(([words = '', typed = '', told = '']) => [words, typed, told] as const),
    )
    for (const [words, typed, told] of refusals) {
      const { exit, out, err } = await line.warren(words, {}, typed)
      expect([words, exit, out]).toEqual([words, 1, ''])
      expect(err).toContain(told)
    }

    expect(await list(line)).toMatchObject([{ username: 'ada', role: 'owner', is_active: true }])
  })

  test('a password is never asked for without a terminal, and never empty', async () => {
    const { exit, err } = await openCommandLine().warren('user create ada@example.org')

    expect(exit).toBe(2)
    expect(err).toContain('the password is empty. Give one by --password-file or standard input.')
  })

  test('an invite is a link that is made in the name of the owner', async () => {
    const line = openCommandLine()
    const none = await line.warren('user invite')
    await line.warren('user create ada@example.org', {}, PASSWORD)

    const { out } = await line.warren('user invite --max-uses 1 --base-url https://chat.example.org')
    const all = JSON.parse((await line.warren('user invite --json --role admin --expires 24h')).out)

    expect(none).toMatchObject({ exit: 1, err: expect.stringContaining('there is no account yet') })
    expect(out).toMatch(/^https:\/\/chat\.example\.org\/join\/\S{22,}$/)
    expect(all).toMatchObject({ role: 'admin', max_uses: null, uses: 0 })
    expect((await line.warren('user invite --expires 900d')).err).toContain(
      'expires_in_s is more than a year',
    )
    expect((await line.warren('user invite --role guest')).err).toContain('a guest needs a chat')
  })

  test('roles change and accounts close, found by username, e-mail or id', async () => {
    const line = openCommandLine()
    await line.warren('user create ada@example.org', {}, PASSWORD)
    await line.warren('user create bo@example.org', {}, PASSWORD)

    await line.warren('user set-role BO@example.org admin')
    const { out } = await line.warren('user deactivate bo --yes')

    expect(out).toBe('bo  bo@example.org  admin, deactivated')
    expect((await line.warren('user set-password ada', {}, 'another long password')).exit).toBe(0)
  })
})

describe('accounts by the command line, with a node', () => {
  test('the node does it: the folder stays locked, and the same action answers', async () => {
    const line = openCommandLine()
    const { config } = loadConfig({ env: { WARREN_DATA_DIR: line.dataDir } })

    await withoutNode(config, async (app) => {
      const asked: string[] = []
      const socket = openAdminSocket(
        line.dataDir,
        (action, input) => {
          asked.push(action)
          return carryOut(app, action, input)
        },
        app.log,
      )
      const { exit, out } = await line.warren('user create ada@example.org', {}, PASSWORD)
      const taken = await line.warren('user create ada@example.org --username ada2', {}, PASSWORD)
      await socket?.close()

      expect({ exit, out }).toEqual({ exit: 0, out: 'ada  ada@example.org  owner' })
      expect(taken).toMatchObject({
        exit: 1,
        err: expect.stringContaining('an account with that e-mail already'),
      })
      expect(asked).toEqual(['create_user', 'create_user'])
      const inUse = await line.warren('user list')
      expect(inUse).toMatchObject({ exit: 4, err: expect.stringContaining('in use by another Warren') })
    })
  })

  test('a node that does not know an action says so', async () => {
    const line = openCommandLine()
    const { config } = loadConfig({ env: { WARREN_DATA_DIR: line.dataDir } })

    await withoutNode(config, async (app) => {
      await expect(carryOut(app, 'drop_everything', {})).rejects.toMatchObject({ code: 'not_found' })
      await expect(carryOut(app, '__proto__', {})).rejects.toMatchObject({ code: 'not_found' })
      await expect(carryOut(app, 'set_role', { who: 'ada', role: 'king' })).rejects.toMatchObject({
        code: 'invalid',
      })
    })
  })
})

describe('setup', () => {
  test('unattended it makes the owner once; again it changes nothing and needs no file', async () => {
    const line = openCommandLine()
    const file = fileWith(`${PASSWORD}\n`)

    const first = await line.warren(`setup --admin-email Ada@example.org --admin-password-file ${file}`)
    const again = await line.warren('setup --admin-email bo@example.org --admin-password-file /gone')

    expect(first).toMatchObject({ exit: 0, err: 'The first account is ada.' })
    expect(again).toMatchObject({ exit: 0, err: 'There is an account already. Nothing was changed.' })
    expect(await list(line)).toMatchObject([{ username: 'ada', email: 'ada@example.org', role: 'owner' }])
    const { exit, err } = await line.warren('setup')
    expect(exit).toBe(1)
    expect(err).toContain('there is an account already')
  })

  test('prints a link with a new token each time, or with the one that was set', async () => {
    const { warren } = openCommandLine()

    const links = [(await warren('setup')).out, (await warren('setup')).out]
    const set = await warren('setup --json', { WARREN_SETUP_TOKEN: 'a9f8e7d6c5b4' })

    for (const link of links) expect(link).toMatch(/^http:\/\/127\.0\.0\.1:8080\/setup\?setup_token=\S{22,}$/)
    expect(links[0]).not.toBe(links[1])
    expect(JSON.parse(set.out)).toEqual({
      url: 'http://127.0.0.1:8080/setup?setup_token=a9f8e7d6c5b4',
      token: 'a9f8e7d6c5b4',
    })
  })
})
