import { z } from 'zod'
import { problem } from '../../apiDocuments.ts'
import { ackData, answerFrames, serverFrames } from '../../serverFrames.ts'
import { routesOfApi } from './routesOfApi.ts'
import { faultOf, strict } from './strict.ts'

// Holds everything that a node says in any test to the schemas its documents are made of, with no field more (S-19).

interface Route {
  method: string
  path: RegExp
  /** By status; null where there is nothing to say. */
  answers: Map<number, z.ZodType | null>
}

interface Said {
  method: string
  path: string
  status: number
  type: string
  body: unknown
}

/** Throws when an answer of the API is not what the documents say. Pages are somebody else's. */
export function witnessAnswer({ method, path, status, type, body }: Said): void {
  const { pathname } = new URL(path, 'http://node')
  if (!pathname.startsWith('/api/') || UNDECLARED.has(pathname)) return
  const fault = status >= 400 ? problemFault(type, status, body) : answerFault(method, pathname, status, body)
  if (fault !== null) throw new Error(`${method} ${path} answered ${status}: ${fault}`)
}

/** They are the documents. */
const UNDECLARED = new Set(['/api/openapi.json', '/api/asyncapi.json'])

const strictProblem = strict(problem)

function problemFault(type: string, status: number, body: unknown): string | null {
  if (type !== 'application/problem+json') return `${type} is no problem+json`
  const fault = faultOf(strictProblem, body)
  if (fault !== null) return fault
  return (body as { status: number }).status === status ? null : 'the body has another status'
}

function answerFault(method: string, path: string, status: number, body: unknown): string | null {
  const route = routes().find((each) => each.method === method && each.path.test(path))
  if (route === undefined) return 'no such route in the document'
  const schema = route.answers.get(status)
  if (schema === undefined) return 'no such status in the document'
  return schema === null ? (body === '' ? null : 'there was to be nothing') : faultOf(schema, body)
}

let known: Route[] | undefined

/** Longer paths first: `/api/users/me` is no id. */
const routes = (): Route[] => {
  known ??= strictRoutes().sort((a, b) => Number(/\[/.test(a.path.source)) - Number(/\[/.test(b.path.source)))
  return known
}

function strictRoutes(): Route[] {
  return routesOfApi().map(({ method, path, responses }) => {
    const form = path.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')
    const answers = Object.entries(responses).map(([status, { content }]) => {
      const schema = content?.['application/json']?.schema
      return [Number(status), schema === undefined ? null : strict(schema)] as const
    })
    return { method: method.toUpperCase(), path: new RegExp(`^${form}/?$`), answers: new Map(answers) }
  })
}

const frames = new Map(
  Object.entries(serverFrames).map(([type, data]) => [
    type,
    strict(z.object({ type: z.literal(type), data })),
  ]),
)
const ack = strict(answerFrames.ack)
const acks = new Map(Object.entries(ackData).map(([type, data]) => [type, strict(data)]))
const error = strict(answerFrames.error)

/** Throws when a frame is not what the documents say. `asked` is the type that an ack answers, if that is known. */
export function witnessFrame(frame: { type: string; data?: unknown }, asked?: string): void {
  const fault = frameFault(frame, asked)
  if (fault !== null) throw new Error(`the node sent ${JSON.stringify(frame).slice(0, 500)}: ${fault}`)
}

function frameFault(frame: { type: string; data?: unknown }, asked?: string): string | null {
  if (frame.type === 'error') return faultOf(error, frame)
  if (frame.type === 'ack') {
    const data = acks.get(asked ?? '')
    return faultOf(ack, frame) ?? (data === undefined ? null : faultOf(data, frame.data))
  }
  const schema = frames.get(frame.type)
  return schema === undefined ? 'no such frame in the document' : faultOf(schema, frame)
}
