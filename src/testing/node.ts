import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Id } from '../platform/ids.ts'
import type { Role } from '../platform/session.ts'
import { createUser } from '../accounts/index.ts'
import { loadConfig } from '../config.ts'
import { type RunningNode, startNode } from '../node.ts'
import { witnessAnswer, witnessFrame } from './contract/witness.ts'
import { settingsOfDatabase } from './databases.ts'
import { openSocketClient, type TestSocket } from './socket.ts'

export const PASSWORD = 'a long password'

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
  body: any
}

/** Whoever asks the node: a person with a token, or a stranger without. */
export interface Asker {
  get(path: string): Promise<Answer>
  post(path: string, body?: unknown): Promise<Answer>
  put(path: string, body?: unknown): Promise<Answer>
  del(path: string): Promise<Answer>
}

export interface TestPerson extends Asker {
  id: Id<'user'>
  username: string
  token: string
  refreshToken: string
  connect(): Promise<TestSocket>
}

export interface TestNode {
  node: RunningNode
  url: string
  dataDir: string
  stranger: Asker
  /** Makes an account and signs it in. The very first of a node is its owner, whatever the role. */
  person(username: string, role?: Role): Promise<TestPerson>
  signIn(username: string): Promise<TestPerson>
  stop(): Promise<void>
}

/** A whole node on a free port and a folder of its own, in this process. `env` is as `WARREN_…` would be. */
export async function startTestNode(env: Record<string, string> = {}): Promise<TestNode> {
  const dataDir = env.WARREN_DATA_DIR ?? mkdtempSync(join(tmpdir(), 'warren-node-'))
  const database = env.WARREN_DATABASE_URL === undefined ? await settingsOfDatabase(dataDir) : {}
  const { config } = loadConfig({
    env: {
      ...database,
      WARREN_DATA_DIR: dataDir,
      WARREN_LISTEN: '127.0.0.1:0',
      WARREN_LOG_LEVEL: 'silent',
      WARREN_LIMITS_FACTOR: '1000',
      ...env,
    },
  })
  const node = await startNode(config)
  const { url } = node
  const signIn = (username: string) => signInAt(url, username)
  return {
    node,
    url,
    dataDir,
    stranger: askerAt(url),
    person: async (username, role = 'member') => {
      const draft = { email: `${username}@example.org`, username, password: PASSWORD }
      await createUser(node.app, draft, { role, verified: true })
      return signIn(username)
    },
    signIn,
    stop: async () => {
      await node.stop('test')
      if (env.WARREN_DATA_DIR === undefined) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function signInAt(url: string, username: string): Promise<TestPerson> {
  const draft = { email: `${username}@example.org`, password: PASSWORD }
  const { status, body } = await askerAt(url).post('/api/auth/login', draft)
  if (status !== 200) throw new Error(`${username} could not sign in: ${JSON.stringify(body)}`)
  const { access_token: token, refresh_token: refreshToken, user } = body
  const headers = { authorization: `Bearer ${token}` }
  const connect = () => openSocketClient(`${url.replace('http', 'ws')}/ws`, headers, witnessFrame)
  return { id: user.id, username, token, refreshToken, connect, ...askerAt(url, headers) }
}

/** Asks with these headers; bodies go out and come in as JSON, and every answer is held to the documents. */
export function askerAt(url: string, headers: Record<string, string> = {}): Asker {
  const ask = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    const { status } = response
    const said = /\bjson\b/.test(type) ? JSON.parse(text) : text
    witnessAnswer({ method, path, status, type, body: said })
    return { status, headers: response.headers, body: said }
  }
  return {
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
    put: (path, body) => ask('PUT', path, body),
    del: (path) => ask('DELETE', path),
  }
}
