import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 bits that nobody can guess, in text that fits into a URL. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** What is stored of a token. Plain SHA-256 will do: nobody can search 256 random bits. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Compares in a time that tells nothing, whatever the lengths. */
export function equalSecrets(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
