import type { z } from 'zod'
import type { Here } from '../../presence/index.ts'
import { mountApi } from '../../rooms.ts'

/** A route as its room declared it. */
export interface Declared {
  method: 'get' | 'post' | 'put' | 'delete'
  path: string
  body: z.ZodType | null
  query: z.ZodType | null
  responses: Record<string, Answering>
}

interface Answering {
  content?: Record<string, { schema: z.ZodType }>
}

/** All routes of the API with the schemas that judge them, without a node. */
export function routesOfApi(): Declared[] {
  const nobodyHere = { of: () => 'offline' } as unknown as Here
  return mountApi(nobodyHere).openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return []
    const { method, path, request, responses } = definition.route
    const { body } = (request ?? {}) as { body?: Answering }
    return {
      method: method as Declared['method'],
      path,
      body: body?.content?.['application/json']?.schema ?? null,
      query: (request?.query as z.ZodType | undefined) ?? null,
      responses: responses as Declared['responses'],
    }
  })
}
