import { readFileSync } from 'node:fs'
import { type Call, EXIT, fail, option } from './command.ts'

/** Never an argument, which other users can read: a file, standard input, or typed unseen and typed again. */
export async function readPassword(call: Call): Promise<string> {
  const path = option(call, 'password-file')
  const password = path !== undefined ? readPasswordFile(path) : await typed(call)
  if (password === '')
    fail(EXIT.usage, 'the password is empty. Give one by --password-file or standard input.')
  return password
}

async function typed({ io }: Call): Promise<string> {
  if (!io.interactive) return firstLine(await io.readInput())
  const password = await io.askSecret('Password')
  if (password !== (await io.askSecret('Once more'))) fail(EXIT.usage, 'the two differ. Nothing was changed.')
  return password
}

export function readPasswordFile(path: string): string {
  try {
    return firstLine(readFileSync(path, 'utf8'))
  } catch (error) {
    return fail(
      EXIT.config,
      `${path} cannot be read (${(error as { code?: string }).code}). Name a readable file.`,
    )
  }
}

/** Editors end a file with a newline, which is no part of a password; spaces may be. */
const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? ''
