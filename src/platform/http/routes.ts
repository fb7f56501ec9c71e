import { z } from '@hono/zod-openapi'
import { refuse } from '../errors.ts'
import { type Id, isUuid } from '../ids.ts'

/** The pieces of a `createRoute` that every room writes alike. */

export const json = <Schema extends z.ZodType>(schema: Schema, description = 'JSON') => ({
  description,
  required: true,
  content: { 'application/json': { schema } },
})

export const noContent = (description: string) => ({ description })

/** An id in a path: what is no UUID names nothing, so it is `not_found`, not `invalid`. */
export const pathId = <Kind extends string>(what: string) =>
  z
    .string()
    .meta({ format: 'uuid' })
    .transform(
      (text): Id<Kind> => (isUuid(text) ? (text.toLowerCase() as Id<Kind>) : refuse('not_found', what)),
    )
