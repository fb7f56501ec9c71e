import { z } from '@hono/zod-openapi'
import { STATUS } from './platform/errors.ts'
import type { Api } from './platform/http/api.ts'
import type { Frames } from './platform/realtime/frames.ts'
import { VERSION } from './platform/version.ts'
import { isOpen } from './openRoutes.ts'
import { ackData, answerFrames, serverFrames } from './serverFrames.ts'

const INFO = { title: 'Warren', version: VERSION }

/** RFC 9457 with the members that `docs/protocol.md` adds: the answer to everything that is refused. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(STATUS)),
    reason: z.string(),
    detail: z.string().nullable(),
    request_id: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })),
  })
  .meta({ id: 'Problem' })

const REFUSED = {
  description: 'Refused: `code` says how, `reason` why.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

interface OpenApi {
  paths: Record<string, Record<string, { responses: Record<string, unknown>; security?: object[] }>>
  components: { schemas: Record<string, unknown> }
}

/** OpenAPI 3.1 of everything mounted so far, made from the schemas that the routes are judged by. */
export function openApiDocument(api: Api): OpenApi {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { ...INFO, description: 'The REST API of a Warren node. The same vocabulary as its WebSocket.' },
    security: [{ bearer: [] }, { cookie: [] }],
  }) as unknown as OpenApi
  document.components.schemas.Problem = jsonSchema(problem)
  Object.assign(document.components, { securitySchemes: SECURITY })
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const operation of Object.values(methods)) {
      operation.responses.default = REFUSED
      if (isOpen(path)) operation.security = []
    }
  }
  return document
}

const SECURITY = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  cookie: { type: 'apiKey', in: 'cookie', name: 'warren_access' },
}

/**
 * AsyncAPI 3 of `/ws`: the frames a client may send, and all that the node sends. What the ack to a frame carries stands
 * beside it as `x-ack`.
 */
export function asyncApiDocument(frames: Frames): object {
  const sent = Object.entries({ ...frames, ping: { schema: z.strictObject({}) } }).map(([type, { schema }]) =>
    Object.assign(message(type, clientPayload(type, schema)), ackOf(type)),
  )
  const received = [
    ...Object.entries(serverFrames).map(([type, data]) => message(type, serverPayload(type, data))),
    ...Object.entries(answerFrames).map(([type, payload]) => message(type, jsonSchema(payload))),
  ]
  return {
    asyncapi: '3.0.0',
    info: { ...INFO, description: 'One socket for everything live. Text frames of JSON.' },
    defaultContentType: 'application/json',
    channels: {
      client: { address: '/ws', messages: byName(sent) },
      node: { address: '/ws', messages: byName(received) },
    },
    operations: {
      ask: { action: 'receive', channel: { $ref: '#/channels/client' } },
      tell: { action: 'send', channel: { $ref: '#/channels/node' } },
    },
  }
}

interface Message {
  name: string
  payload: object
}

const message = (name: string, payload: object): Message => ({ name, payload })
const ackOf = (type: string): object =>
  ackData[type] === undefined ? {} : { 'x-ack': jsonSchema(ackData[type]) }
const byName = (messages: readonly Message[]) => Object.fromEntries(messages.map((each) => [each.name, each]))

const jsonSchema = (schema: z.ZodType): Record<string, unknown> =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' })

const REF = { oneOf: [{ type: 'string', maxLength: 64 }, { type: 'integer' }] }

/** Client frames are flat: `type` and `ref` stand beside the frame's own fields. */
function clientPayload(type: string, schema: z.ZodType): object {
  const {
    properties = {},
    required = [],
    ...rest
  } = jsonSchema(schema) as {
    properties?: object
    required?: string[]
  }
  return {
    ...rest,
    properties: { type: { const: type }, ref: REF, ...properties },
    required: ['type', ...required],
  }
}

const serverPayload = (type: string, data: z.ZodType): object => ({
  type: 'object',
  properties: { type: { const: type }, data: jsonSchema(data) },
  required: ['type', 'data'],
})
