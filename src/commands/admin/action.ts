import type { z } from '@hono/zod-openapi'
import type { App } from '../../platform/context.ts'

/** One thing that the command line can ask of an installation. */
export const action = <S extends z.ZodType, T>(
  input: S,
  run: (app: App, input: z.output<S>) => Promise<T>,
) => ({ input, run })
