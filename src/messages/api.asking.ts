import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Env } from '../platform/http/api.ts'
import { json, pathId } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import type { Asking } from './access.ts'
import { messageAnswer } from './wire.ts'

/** What every route of one message has: its path, who asks, and the message in the answer. */

export const MESSAGE = '/api/chats/messages/{id}' as const
export const messagePath = z.object({ id: pathId<'message'>('message') })

export const askingOf = (c: Context<Env>, { id }: z.output<typeof messagePath>): Asking => ({
  userId: requireSession(c).userId,
  messageId: id,
})

export const answers = (description: string) => ({ 200: json(messageAnswer, description) })
