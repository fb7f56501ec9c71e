import type { Config } from '../config.ts'

/**
 * Where links in mail lead. Never made from a request's Host: whoever asks for a reset could choose it and have the
 * link of somebody else sent to their own server (S-40). Without a base URL it is the address that the node listens on.
 */
export const mailOrigin = ({ baseUrl, listen }: Pick<Config, 'baseUrl' | 'listen'>): string =>
  baseUrl ?? `http://${listen.startsWith(':') ? `localhost${listen}` : listen}`

export const verifyLink = (origin: string, token: string): string => `${origin}/verify-email?token=${token}`

export const resetLink = (origin: string, token: string): string => `${origin}/reset-password?token=${token}`

/** Where an invite is taken up. */
export const inviteLink = (origin: string, code: string): string => `${origin}/join/${code}`
