import { ROLES } from '../platform/session.ts'
import { readDuration } from '../config/parse.ts'
import type { UserSummary } from './admin/actions.ts'
import { act } from './admin/ask.ts'
import { type Call, type Command, EXIT, type Exit, fail, option } from './command.ts'
import { readPassword } from './password.ts'

const PASSWORD = {
  options: { 'password-file': { type: 'string' } },
  details: [
    '--password-file FILE  Where the password is; without it, it is asked for or read from standard input',
  ],
} as const

export const userList: Command = {
  usage: '[--json]',
  example: 'warren user list',
  details: ['--json  [{id, username, email, role, is_active}]'],
  options: { json: { type: 'boolean' } },
  async run({ options, io, settings }) {
    const users = await act(settings().config, 'list_users', {})
    if (options.json) io.out(JSON.stringify(users, null, 2))
    else for (const line of table(users)) io.out(line)
    if (users.length === 0) io.err('There is no account yet. "warren setup" prints the link for the first.')
    return EXIT.ok
  },
}

export const userCreate: Command = {
  usage: 'EMAIL [--username NAME] [--full-name NAME] [--role ROLE] [--password-file FILE] [--json]',
  example: 'warren user create ann@example.org --role admin < password.txt',
  details: [
    '--username NAME       The part of the e-mail before the @ when it is not given',
    '--role ROLE           owner, admin, member or guest; member when it is not given. The first is always owner',
    ...PASSWORD.details,
  ],
  options: {
    username: { type: 'string' },
    'full-name': { type: 'string' },
    role: { type: 'string' },
    json: { type: 'boolean' },
    ...PASSWORD.options,
  },
  words: [1, 1],
  async run(call) {
    const [email = ''] = call.words
    const user = await act(call.settings().config, 'create_user', {
      email,
      username: option(call, 'username') ?? usernameFrom(email),
      full_name: option(call, 'full-name'),
      role: roleFrom(option(call, 'role') ?? 'member'),
      password: await readPassword(call),
    })
    return show(user, call)
  },
}

export const userInvite: Command = {
  usage: '[--role ROLE] [--max-uses N] [--expires 7d] [--json]',
  example: 'warren user invite --max-uses 1',
  details: [
    '--role ROLE   What those who use it become; member when it is not given',
    '--max-uses N  How many may use it; any number when it is not given',
    '--expires T   How long it lasts; 7d when it is not given',
  ],
  options: {
    role: { type: 'string' },
    'max-uses': { type: 'string' },
    expires: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run(call) {
    const uses = option(call, 'max-uses')
    const invite = await act(call.settings().config, 'create_invite', {
      role: roleFrom(option(call, 'role') ?? 'member'),
      max_uses: uses === undefined ? undefined : wholeNumber(uses),
      expires_in_s: secondsFrom(option(call, 'expires') ?? '7d'),
    })
    call.io.out(call.options.json ? JSON.stringify(invite, null, 2) : invite.url)
    return EXIT.ok
  },
}

export const userSetPassword: Command = {
  usage: 'WHO [--password-file FILE]',
  example: 'warren user set-password ann < password.txt',
  details: ['WHO is an e-mail, a username or an id.', ...PASSWORD.details],
  options: { json: { type: 'boolean' }, ...PASSWORD.options },
  words: [1, 1],
  async run(call) {
    const [who = ''] = call.words
    const password = await readPassword(call)
    return show(await act(call.settings().config, 'set_password', { who, password }), call)
  },
}

export const userSetRole: Command = {
  usage: 'WHO ROLE',
  example: 'warren user set-role ann admin',
  details: ['WHO is an e-mail, a username or an id. ROLE is owner, admin, member or guest.'],
  options: { json: { type: 'boolean' } },
  words: [2, 2],
  async run(call) {
    const [who = '', role = ''] = call.words
    return show(await act(call.settings().config, 'set_role', { who, role: roleFrom(role) }), call)
  },
}

export const userDeactivate: Command = {
  usage: 'WHO --yes',
  example: 'warren user deactivate bo --yes',
  details: ['WHO is an e-mail, a username or an id.', '--yes  Really: all their sessions end at once'],
  options: { yes: { type: 'boolean' }, json: { type: 'boolean' } },
  words: [1, 1],
  async run(call) {
    const [who = ''] = call.words
    if (!call.options.yes)
      fail(EXIT.usage, `this signs ${who} out everywhere and for good. Add --yes if you mean it.`)
    return show(await act(call.settings().config, 'deactivate_user', { who }), call)
  },
}

function show(user: UserSummary, { options, io }: Call): Exit {
  if (options.json) io.out(JSON.stringify(user, null, 2))
  else for (const line of table([user])) io.out(line)
  return EXIT.ok
}

function table(users: UserSummary[]): string[] {
  const rows = users.map(({ username, email, role, is_active: active }) => [
    username,
    email,
    active ? role : `${role}, deactivated`,
  ])
  const width = (column: number) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0))
  return rows.map(
    ([username = '', email = '', role]) => `${username.padEnd(width(0))}  ${email.padEnd(width(1))}  ${role}`,
  )
}

function roleFrom(text: string): (typeof ROLES)[number] {
  const role = ROLES.find((each) => each === text)
  return role ?? fail(EXIT.usage, `"${text}" is no role. Write one of ${ROLES.join(', ')}.`)
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  return fail(EXIT.usage, `"${text}" is not how many may use it. Write a number from 1.`)
}

function secondsFrom(text: string): number {
  try {
    return Math.ceil(readDuration(text) / 1000)
  } catch {
    return fail(
      EXIT.usage,
      `--expires "${text}" is not a length of time. Write a number and its unit, such as 24h.`,
    )
  }
}

/** `Ann.Lee+x@example.org` is `ann.lee`; the node refuses what is still no username. */
export const usernameFrom = (email: string): string =>
  (email.split('@')[0] ?? '')
    .toLowerCase()
    .split('+')[0]
    ?.replace(/[^a-z0-9._-]/g, '')
    .slice(0, 32) ?? ''
