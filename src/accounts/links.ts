import type { Config } from '../config.ts'

const EVERYWHERE = /^(?:0\.0\.0\.0|\[::\])?(?=:\d+$)/

/**
 * Where links in mail lead. Never made from a request's Host: whoever asks for a reset could choose it and have the
 * link of somebody else sent to their own server (S-40). Without a base URL it is the address that the node listens on; who
 * listens everywhere is reached at this machine.
 */
export const mailOrigin = ({ baseUrl, listen }: Pick<Config, 'baseUrl' | 'listen'>): string =>
  baseUrl ?? `http://${listen.startsWith('unix:') ? 'localhost' : listen.replace(EVERYWHERE, 'localhost')}`

export const verifyLink = (origin: string, token: string): string => `${origin}/verify-email?token=${token}`

export const resetLink = (origin: string, token: string): string => `${origin}/reset-password?token=${token}`

/** Where an invite is taken up. */
export const inviteLink = (origin: string, code: string): string => `${origin}/join/${code}`
