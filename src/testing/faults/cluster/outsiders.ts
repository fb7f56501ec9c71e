import { askRest, openLine } from '../../checker/line.ts'
import { note, require, type Scene, until } from './scene.ts'

/** Whoever may no longer hear: how soon each node knows. */

/** From a chat that nobody else changes; each of their devices has to lose it. */
export async function removeSomebody(scene: Scene, withinMs: number): Promise<void> {
  const { world } = scene
  const { ada, ann, eve } = world.people
  const asAda = { url: world.place.url, token: ada.token }
  const group = { kind: 'group', name: 'for a while', member_ids: [ann.id, eve.id] }
  const { chat } = await askRest(asAda, 'POST', '/api/chats', group)
  world.beside.add(chat.id)
  const eves = () => world.devices.filter(({ userId, online }) => userId === eve.id && online !== null)
  const there = await until(() => eves().every(({ mirrors }) => mirrors.has(chat.id)), withinMs)
  note(scene, 'addition', there)
  require(scene, there < Infinity, `a new chat was not heard of within ${withinMs} ms`)
  await askRest(asAda, 'DELETE', `/api/chats/${chat.id}/members/${eve.id}`)
  const gone = await until(() => eves().every(({ mirrors }) => !mirrors.has(chat.id)), withinMs)
  note(scene, 'removal', gone)
  require(scene, gone < Infinity, `who was removed was still in after ${withinMs} ms`)
}

/** A session that each node knows is ended on one of them: no node answers it any more, and its sockets are closed. */
export async function revokeSomebody(scene: Scene, withinMs: number): Promise<void> {
  const { world } = scene
  const login = { email: `${world.people.dan.name}@example.org`, password: 'a long password' }
  const { access_token: token } = await askRest(world.place, 'POST', '/api/auth/login', login)
  const lines = await Promise.all(world.nodes.map(({ url }) => openLine(url, token, () => {})))
  const closed = { count: 0 }
  for (const line of lines) void line.closed.then(() => closed.count++)
  await answers(world.nodes, token)
  const [first] = world.nodes
  await askRest({ url: first?.url ?? '', token }, 'POST', '/api/auth/logout')
  const took = await until(
    async () =>
      closed.count === lines.length && (await answers(world.nodes, token)).every((is) => is === 401),
    withinMs,
  )
  note(scene, 'revocation', took)
  const late = `${closed.count} of ${lines.length} sockets closed, answers ${await answers(world.nodes, token)}`
  require(scene, took < Infinity, `a session that was ended still stood after ${withinMs} ms: ${late}`)
  for (const line of lines) line.close()
}

const answers = (nodes: readonly { url: string }[], token: string): Promise<number[]> =>
  Promise.all(
    nodes.map(async ({ url }) => {
      const headers = { authorization: `Bearer ${token}` }
      const answer = await fetch(`${url}/api/auth/me`, { headers, signal: AbortSignal.timeout(3000) }).catch(
        () => null,
      )
      await answer?.text()
      return answer?.status ?? 0
    }),
  )
