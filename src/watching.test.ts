import { afterEach, expect, test } from 'bun:test'
import { startTestNode, type TestNode } from './testing/node.ts'
import { askOps, figureOf, OPS, scrape, watchedNodes } from './testing/watched.ts'

const { start, stop } = watchedNodes()
afterEach(stop)

/** Settles when something waits to be written; what it gives lets it go. */
function holdWrites({ node }: TestNode): Promise<() => void> {
  const { db } = node.app
  const { writeJointly } = db
  const begun = Promise.withResolvers<() => void>()
  const held = Promise.withResolvers<void>()
  db.writeJointly = async (...asked) => {
    begun.resolve(held.resolve)
    await held.promise
    return writeJointly(...asked)
  }
  return begun.promise
}

test('operators are told of each check; the public is told only whether', async () => {
  const node = await start()

  const [ops, open] = [await askOps(node, '/readyz'), await fetch(`${node.url}/readyz`)]

  expect([ops.status, open.status]).toEqual([200, 200])
  expect(await ops.json()).toEqual({
    status: 'ready',
    checks: {
      draining: { ok: true, needed: true },
      database: { ok: true, needed: true },
      sweep: { ok: true, needed: true },
      key: { ok: true, needed: true },
    },
  })
  expect(await open.json()).toEqual({ status: 'ready' })
})

test('without Redis a node is ready all the same, and says that it is alone', async () => {
  const node = await start()
  node.node.app.metrics.relay.isUp = false

  const answer = await askOps(node, '/readyz')
  const text = await scrape(node)

  expect(answer.status).toBe(200)
  expect((await answer.json()).checks.redis).toEqual({ ok: false, needed: false })
  expect([figureOf(text, 'warren_relay_up'), figureOf(text, 'warren_ready')]).toEqual([0, 1])
  expect(figureOf(text, 'warren_check_ok{check="redis"}')).toBe(0)
})

test('a database that refuses makes the node not ready, and its metrics still come', async () => {
  const node = await start()
  const { app } = node.node
  const { read, ahead } = app.db
  const refuse = () => Promise.reject(new Error('away'))
  Object.assign(app.db, { read: refuse, ahead: refuse })

  const [answer, text] = [await askOps(node, '/readyz'), await scrape(node)]
  Object.assign(app.db, { read, ahead })

  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ reason: 'database', checks: { database: { ok: false } } })
  expect(figureOf(text, 'warren_ready')).toBe(0)
  expect(figureOf(text, 'warren_scrape_failures_total{what="jobs"}')).toBe(1)
  expect(text).not.toMatch(/^warren_jobs_queued/m)
})

test('a database that answers but would forget makes the node not ready, and operators are told why', async () => {
  const node = await start()
  const { app } = node.node
  Object.assign(app.db, { trouble: 'fsync is off' })

  const [ops, open] = [await askOps(node, '/readyz'), await fetch(`${node.url}/readyz`)]
  Object.assign(app.db, { trouble: null })

  expect([ops.status, open.status]).toEqual([503, 503])
  expect((await ops.json()).checks.database).toEqual({ ok: false, needed: true, why: 'fsync is off' })
  expect(await open.text()).not.toContain('fsync')
})

test('a database that hangs is asked once, however many want to know, and nobody waits for it', async () => {
  const node = await start()
  const { app } = node.node
  const { ahead } = app.db
  const hanging = Promise.withResolvers<never[]>()
  let asked = 0
  const hang = (...query: Parameters<typeof ahead>) => {
    if (query[0][0] !== 'select 1') return ahead(...query)
    asked++
    return hanging.promise
  }
  Object.assign(app.db, { ahead: Object.assign(hang, { list: ahead.list }) })

  const answers = await Promise.all([1, 2, 3].map(() => fetch(`${node.url}/readyz`)))
  hanging.resolve([])
  Object.assign(app.db, { ahead })

  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503])
  expect(asked).toBe(1)
  expect((await fetch(`${node.url}/readyz`)).status).toBe(200)
})

test("the operators' listener answers nothing else, and is told nothing", async () => {
  const node = await start()

  const answers = await Promise.all(
    ['/', '/api/chats', '/ws', '/metrics/x', '/assets/x'].map((path) => askOps(node, path)),
  )
  const told = await askOps(node, '/metrics', { method: 'POST', body: 'x' })

  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404])
  expect([told.status, told.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test("the operators' listener answers until the drain is over, and then no more", async () => {
  const node = await startTestNode(OPS)
  const ann = await node.person('ann')
  const socket = await ann.connect()
  const begun = holdWrites(node)
  socket.send({
    type: 'send_message',
    ref: 1,
    chat_id: crypto.randomUUID(),
    client_id: crypto.randomUUID(),
    content: 'x',
  })
  const release = await begun
  const url = `${node.node.opsUrl}/metrics`

  const stopping = node.stop()
  const text = await (await fetch(url)).text()
  release()
  await stopping

  expect([figureOf(text, 'warren_draining'), figureOf(text, 'warren_ready')]).toEqual([1, 0])
  expect(await fetch(url).catch(() => 'nobody')).toBe('nobody')
})

test('the public listener shows the same to whoever has the token', async () => {
  const node = await start({ WARREN_METRICS_TOKEN: 'metrics-token-of-a-test' })
  const headers = { authorization: 'Bearer metrics-token-of-a-test' }
  node.node.app.secrets.sealNothing('the database is on another key')

  const shown = await fetch(`${node.url}/metrics`, { headers })
  const ready = await fetch(`${node.url}/readyz`, { headers })
  const guessed = await fetch(`${node.url}/readyz`, { headers: { authorization: 'Bearer guessed' } })

  expect(node.node.opsUrl).toBeNull()
  expect(shown.status).toBe(200)
  expect(figureOf(await shown.text(), 'warren_ready')).toBe(0)
  expect(await ready.json()).toMatchObject({
    status: 'not_ready',
    reason: 'key',
    checks: { key: { ok: false } },
  })
  expect(await guessed.json()).toEqual({ status: 'not_ready' })
  expect((await fetch(`${node.url}/metrics`)).status).toBe(404)
})

test('an address for operators that is taken ends the start with what to do', async () => {
  const { node } = await start()
  const taken = new URL(node.opsUrl ?? '').host

  const second = startTestNode({ WARREN_OPS_LISTEN: taken })

  await expect(second).rejects.toMatchObject({ exit: 4 })
  await expect(second).rejects.toThrow('choose another with WARREN_OPS_LISTEN')
})

test('an answer names the trace that it belongs to', async () => {
  const { url } = await start()
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

  const answer = await fetch(`${url}/api/users/me`, { headers: { traceparent } })
  const other = await fetch(`${url}/api/users/me`, { headers: { traceparent: 'x'.repeat(5000) } })

  expect(answer.headers.get('traceresponse')).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/)
  expect(other.headers.get('traceresponse')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
})
