import { isIP } from 'node:net'
import { z } from 'zod'

/** Every source gives text (a TOML number or list is written out first), so that one parser serves them all. */
type Read<T> = (text: string) => T

/** What is wrong with a value and what would be right; the value itself is told by nobody, it may be a secret. */
class Wrong extends Error {}

const parser = <T>(read: Read<T>) =>
  z.string().transform((text, issues): T => {
    try {
      return read(text)
    } catch (error) {
      if (!(error instanceof Wrong)) throw error
      issues.addIssue({ code: 'custom', message: error.message })
      return z.NEVER
    }
  })

/** A parser that also takes one word, which stands for null. */
export const orWord = <T>(word: string, read: Read<T>) =>
  parser((text) => (text.toLowerCase() === word ? null : read(text)))

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** As milliseconds. A bare number would leave the reader guessing. */
export function readDuration(text: string): number {
  const [, count, unit] = /^(\d{1,9}) ?(ms|s|m|h|d)$/.exec(text) ?? []
  if (count && unit) return Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]
  throw new Wrong('is not a length of time: write a number and its unit, such as 30s, 15m, 24h or 7d')
}

const YES = ['on', 'true', 'yes', '1']
const NO = ['off', 'false', 'no', '0']

export function readSwitch(text: string): boolean {
  if (YES.includes(text.toLowerCase())) return true
  if (NO.includes(text.toLowerCase())) return false
  throw new Wrong('is neither on nor off: write on or off')
}

export const onOff = parser(readSwitch)

export const oneOf = <const T extends string>(...choices: T[]) =>
  parser((text) => {
    const choice = choices.find((each) => each === text.toLowerCase())
    if (choice) return choice
    throw new Wrong(`is not known: write one of ${choices.join(', ')}`)
  })

/** More than nothing: zero would lock everybody out or, read as "no limits", let every flood in. */
export const factor = parser((text) => {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0
  if (number > 0 && number <= 1_000_000) return number
  throw new Wrong('is not a number above 0: write 1 for the usual limits, 10 for ten times as many')
})

export const origin = parser((text) => {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin
  throw new Wrong('is not an origin: write scheme and host only, such as https://chat.example.org')
})

export const listen = parser((text) => {
  const port = /^(?:\[[0-9a-fA-F:.]+\]|[\w.-]*):(\d{1,5})$/.exec(text)?.[1]
  if (/^unix:.+$/.test(text) || (port !== undefined && Number(port) <= 65_535)) return text
  throw new Wrong('is not an address: write host:port such as 127.0.0.1:8080, or unix:/path/to/socket')
})

/** A listener of its own, which nobody but the operator's machines should reach. */
export const opsListen = parser((text) => {
  if (/^(?:\[[0-9a-fA-F:.]+\]|[\w.-]*):\d{1,5}$/.test(text) && Number(text.split(':').at(-1)) <= 65_535)
    return text
  throw new Wrong('is not an address: write host:port, such as 127.0.0.1:9090')
})

export const networks = parser((text) => {
  const all = text.split(/[\s,]+/).filter((each) => each !== '')
  const bad = all.find((each) => !isNetwork(each))
  if (bad === undefined) return all
  throw new Wrong(`holds "${bad}", which is no address: write addresses or CIDRs, such as 10.0.0.0/8, ::1`)
})

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  if (bits < 0 || more.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
}

export const databaseUrl = parser((text) => {
  if (/^sqlite:.+/.test(text) || /^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new Wrong('is not a database: write sqlite:/path/to/file.db or postgres://user@host/name')
})

export const redisUrl = parser((text) => {
  const url = URL.parse(text)
  if (url && /^rediss?:$/.test(url.protocol) && url.hostname !== '') return text
  throw new Wrong('is not a Redis: write redis://user:password@host:6379/0 or rediss://…')
})

export const smtpUrl = parser((text) => {
  const url = URL.parse(text)
  if (text === 'mailbox:' || (url && /^smtps?:$/.test(url.protocol) && url.hostname !== '')) return text
  throw new Wrong('is not a mail server: write smtp://user:password@host:587, smtps://… or mailbox:')
})

const ADDRESS = /^[^\s@<>",;]+@[^\s@<>",;]+$/

export const email = parser((text) => {
  if (text.length <= 254 && ADDRESS.test(text)) return text.toLowerCase()
  throw new Wrong('is not an e-mail address: write one such as ada@example.org')
})

/** `Warren <chat@example.org>`, or the address alone. */
export const sender = parser((text) => {
  const [, named] = /^[^<>\r\n]{1,100} <([^<>]+)>$/.exec(text) ?? []
  if (ADDRESS.test(named ?? text)) return text
  throw new Wrong('is not a sender: write chat@example.org or Warren <chat@example.org>')
})

const PLACEHOLDER = /^<|^(change|placeholder|example|replace|insert|your|secret|password|todo|none)/i

/** Refuses what is short, repeated or copied from a page of instructions (S-49). */
export const secret = (least: number, distinct: number) =>
  parser((text) => {
    if (text.length >= least && new Set(text).size >= distinct && !PLACEHOLDER.test(text)) return text
    throw new Wrong(
      `is too easy to guess: write at least ${least} random characters, such as "openssl rand -hex 32" prints`,
    )
  })

export const words = z.string()
