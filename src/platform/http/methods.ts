import type { Hono } from 'hono'
import type { Env } from './api.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Which methods have a handler at this path; middleware, which is there for all of them, is none. */
export function methodsOf(front: Hono<Env>, path: string): string[] {
  const found = METHODS.filter((method) => {
    const [handlers] = front.router.match(method, path)
    return handlers.some(([[, route]]) => route.method === method)
  })
  return found.includes('GET') ? ['GET', 'HEAD', ...found.slice(1)] : found
}
