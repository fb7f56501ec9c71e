import { OpenAPIHono, z } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { Refusal } from '../errors.ts'
import type { Api, Env } from './api.ts'
import { invalidInput } from './problem.ts'

/** Where the JSON API of all rooms is mounted: what a schema refuses is `invalid`, a path id that is none `not_found`. */
export function createApi(): Api {
  return shutQueries(
    new OpenAPIHono<Env>({
      strict: false,
      defaultHook: (result) => {
        if (result.success) return
        if (result.target === 'param') throw new Refusal('not_found', 'not_found')
        throw invalidInput(result.error)
      },
    }),
  )
}

const noQuery = z.strictObject({})

/** A key of a query that no route asks for is an unknown input key like any other: a route that names none has none. */
function shutQueries(api: Api): Api {
  const declare = api.openapi
  api.openapi = (route, ...rest) =>
    declare(
      route.request?.query === undefined
        ? { ...route, request: { ...route.request, query: noQuery } }
        : route,
      ...rest,
    )
  return api
}

/** Where the pages of all rooms are mounted. What they throw is shown as a page. */
export const createPages = (): Hono<Env> => new Hono<Env>({ strict: false })
