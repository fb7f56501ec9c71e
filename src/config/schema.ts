import { z } from 'zod'
import * as parse from './parse.ts'

/** What a person reads about a setting. `config.ts` derives its three spellings from the key. */
export interface About {
  doc: string
  /** `hidden`: never shown; `password`: shown with the password of the URL blotted out. Secrets have no flag. */
  secret?: 'hidden' | 'password'
  /** Names other products use for it, taken from the environment as they stand. */
  aliases?: readonly string[]
  /** What `config example` shows where there is no default. */
  example?: string
  /** The default in words, where there is none to write down. */
  unset?: string
  /** The key on the outside, where the one inside carries its unit. */
  name?: string
}

export const abouts = z.registry<About>()

const about = <T extends z.ZodType>(schema: T, meta: About): T => {
  abouts.add(schema, meta)
  return schema
}

/** A setting with a default, written as an operator would write it. */
const given = <T extends z.ZodType<unknown, string>>(schema: T, text: string, meta: About) =>
  about(schema.prefault(text as z.input<T> & string), meta)

/** A setting that may be left out. */
const optional = <T extends z.ZodType<unknown, string>>(schema: T, meta: About) =>
  about(schema.nullable().default(null), meta)

/** Every setting there is. None is needed to start; production needs one, `WARREN_BASE_URL`. */
export const settings = z.object({
  baseUrl: optional(parse.origin, {
    doc: 'The public origin. Links in mail are made from it, and Origin must equal it when it is set.',
    example: 'https://chat.example.org',
    unset: "the request's own scheme and Host",
  }),
  listen: given(parse.listen, '127.0.0.1:8080', {
    doc: 'Where to listen: host:port, :port for every interface, or unix:/path. PORT is taken as :PORT.',
  }),
  dataDir: given(parse.words, './data', {
    doc: 'The data folder: database, secrets, lock and admin socket. Created for the user who runs Warren only.',
  }),
  databaseUrl: given(parse.databaseUrl, 'sqlite:$DATA/warren.db', {
    doc: 'sqlite:/path (one node) or postgres://user:password@host/name. $DATA stands for the data folder.',
    secret: 'password',
    aliases: ['DATABASE_URL'],
  }),
  redisUrl: optional(parse.redisUrl, {
    doc: 'redis://… or rediss://…: what several nodes tell each other by. Needs PostgreSQL; nothing durable is kept there.',
    secret: 'password',
    aliases: ['REDIS_URL'],
    example: 'redis://redis.internal:6379',
    unset: 'one node alone, everything in its own memory',
  }),
  secretKey: optional(parse.secret(32, 10), {
    doc: 'The key that all other keys are derived from. Needed with PostgreSQL, the same on every node.',
    secret: 'hidden',
    aliases: ['SECRET_KEY_BASE'],
    unset: 'generated into $DATA/secrets.toml',
  }),
  secretKeyPrevious: optional(parse.secret(32, 10), {
    doc: 'The key that WARREN_SECRET_KEY takes the place of: it still opens, until "warren secret rotate" has ended.',
    secret: 'hidden',
    unset: 'the key is not being replaced',
  }),
  setupToken: optional(parse.secret(8, 4), {
    doc: 'Lets the first account be made from another machine.',
    secret: 'hidden',
    unset: 'a random one, printed at start while there is no account',
  }),
  limitsFactor: given(parse.factor, '1', {
    doc: 'Multiplies every rate limit. Raise it for tests and for large offices behind one address.',
  }),
  wsUrlToken: given(parse.onOff, 'on', {
    doc: 'Whether /ws takes an access token in its URL. Our own pages never do; some programs need it.',
  }),
  editWindowMs: given(parse.orWord('unlimited', parse.readDuration), 'unlimited', {
    doc: 'How long a message can be edited by its sender: unlimited, or 15m, 24h, …',
    name: 'edit_window',
  }),
  opsListen: optional(parse.opsListen, {
    doc: 'A second listener for operators: /metrics, and /readyz with what is wrong. Never put it on a public address.',
    example: '127.0.0.1:9090',
    unset: 'none',
  }),
  metricsToken: optional(parse.secret(16, 6), {
    doc: 'Opens /metrics on the public listener to whoever sends it as a bearer token.',
    secret: 'hidden',
    unset: 'no metrics on the public listener',
  }),
  trustedProxies: given(parse.networks, '', {
    doc: 'Addresses or CIDRs of proxies whose X-Forwarded-For is believed, separated by commas. Who comes through unix:/path always is.',
    example: '10.0.0.0/8',
    unset: 'no proxy is believed',
  }),
  smtpUrl: optional(parse.smtpUrl, {
    doc: 'smtp://user:password@host:587 or smtps://… sends mail; mailbox: keeps it in $DATA/mailbox for tests.',
    secret: 'password',
    example: 'smtp://warren:password@mail.example.org:587',
    unset: 'mail is off: no verification, no forgotten password',
  }),
  smtpFrom: optional(parse.sender, {
    doc: 'Who mail comes from.',
    aliases: ['MAILER_FROM_ADDRESS'],
    example: 'Warren <chat@example.org>',
    unset: 'Warren <no-reply@ the host of the base URL>',
  }),
  registration: given(parse.oneOf('invite', 'open', 'closed'), 'invite', {
    doc: 'Who can make an account: invite (holders of an invite), open (everybody) or closed (nobody).',
  }),
  locale: given(parse.oneOf('auto', 'en', 'ru'), 'auto', {
    doc: 'The language of pages for those who chose none: auto (as the browser wishes), en or ru.',
  }),
  logLevel: given(parse.oneOf('debug', 'info', 'warn', 'error', 'silent'), 'info', {
    doc: 'The least weighty line worth logging: debug, info, warn, error or silent.',
  }),
  logFormat: given(parse.oneOf('auto', 'text', 'json'), 'auto', {
    doc: 'How log lines look: text, json, or auto (text on a terminal, JSON otherwise).',
  }),
  autoMigrate: given(parse.orWord('auto', parse.readSwitch), 'auto', {
    doc: 'Whether serve migrates the database first: on, off, or auto (on with SQLite, off with PostgreSQL).',
  }),
  adminEmail: optional(parse.email, {
    doc: 'With WARREN_ADMIN_PASSWORD_FILE: makes the first account at start. Ignored once there is one.',
    example: 'ada@example.org',
    unset: 'the first account is made in a browser',
  }),
  adminPasswordFile: optional(parse.words, {
    doc: 'A file that holds the password for WARREN_ADMIN_EMAIL, and nothing else.',
    example: '/run/secrets/admin_password',
    unset: 'none',
  }),
})

export type Settings = z.output<typeof settings>
export type Key = keyof Settings

/** Every setting of a node: read once, then passed. */
export type Config = Omit<Settings, 'autoMigrate'> & { autoMigrate: boolean }
