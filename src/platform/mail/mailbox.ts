import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { isUuid } from '../ids.ts'
import type { Letter, Mail } from './mail.ts'

/** A mail as the folder keeps it. Ids are UUIDv7, so their order is that of time. */
export interface KeptMail extends Letter {
  id: string
}

/** When it was asked for, ms since 1970: what a UUIDv7 begins with. */
export const keptAt = ({ id }: Pick<KeptMail, 'id'>): number =>
  Number.parseInt(id.replace('-', '').slice(0, 12), 16)

const SHOWN = 200

const folderOf = (dataDir: string) => join(dataDir, 'mailbox')

/** Keeps every letter in `$DATA/mailbox`; one that is sent twice is kept once. */
export function openMailbox(dataDir: string): Mail {
  const folder = folderOf(dataDir)
  return {
    enabled: true,
    async send(message, id) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const path = join(folder, `${id}.json`)
      const draft = await open(`${path}.new`, 'w', 0o600)
      try {
        await draft.writeFile(JSON.stringify({ ...message, id }, null, 2))
        await draft.sync()
      } finally {
        await draft.close()
      }
      await rename(`${path}.new`, path)
    },
  }
}

/** The newest first, at most 200. Empty when nothing was ever sent. */
export async function listMails(dataDir: string): Promise<KeptMail[]> {
  const names = await readdir(folderOf(dataDir)).catch(() => [])
  const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length))
  const newest = ids.sort().reverse().slice(0, SHOWN)
  const mails = await Promise.all(newest.map((id) => readMail(dataDir, id)))
  return mails.filter((mail) => mail !== null)
}

/** Null when there is none; an id that is no UUID never reaches the disk. */
export async function readMail(dataDir: string, id: string): Promise<KeptMail | null> {
  if (!isUuid(id)) return null
  const text = await readFile(join(folderOf(dataDir), `${id.toLowerCase()}.json`), 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as KeptMail)
}
