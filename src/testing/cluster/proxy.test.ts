import { afterAll, expect, test } from 'bun:test'
import { connect, createServer, type Socket } from 'node:net'
import { startProxy, type TcpProxy } from './proxy.ts'

// An echo behind a wire that can be made worse.

const heard: Socket[] = []
const server = createServer((socket) => {
  heard.push(socket)
  socket.on('error', () => {})
  socket.on('data', (bytes) => socket.write(bytes))
})
const port = await new Promise<number>((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
})
const proxies: TcpProxy[] = []
afterAll(async () => {
  for (const proxy of proxies) await proxy.close()
  for (const socket of heard) socket.destroy()
  server.close()
})

async function open() {
  const proxy = await startProxy({ port })
  proxies.push(proxy)
  const socket = connect(proxy.port, '127.0.0.1')
  const closed = new Promise<string>((resolve) => {
    socket.on('error', () => resolve('reset'))
    socket.on('close', () => resolve('closed'))
  })
  await new Promise<void>((resolve) => socket.on('connect', () => resolve()))
  const pieces: string[] = []
  let more = Promise.withResolvers<void>()
  socket.on('data', (bytes) => {
    pieces.push(bytes.toString())
    more.resolve()
    more = Promise.withResolvers<void>()
  })
  const answer = async (text: string) => {
    while (!pieces.join('').includes(text)) await more.promise
    return pieces.join('')
  }
  return { proxy, socket, closed, answer, pieces }
}

test('what is said arrives and is answered', async () => {
  const { socket, answer } = await open()

  socket.write('hello')

  expect(await answer('hello')).toBe('hello')
})

test('a delay holds back each way, and keeps the order', async () => {
  const { proxy, socket, answer } = await open()
  proxy.delay(30, 20)
  const began = performance.now()

  for (const text of ['one ', 'two ', 'three ', 'end']) socket.write(text)

  expect(await answer('end')).toBe('one two three end')
  expect(performance.now() - began).toBeGreaterThan(59)
})

test('a held wire takes everything and tells nobody; healed, it goes on', async () => {
  const { proxy, socket, answer, pieces } = await open()
  socket.write('before ')
  await answer('before')

  proxy.hold('back')
  socket.write('held ')
  const other = await open()
  other.socket.write('meanwhile')
  await other.answer('meanwhile')
  expect(pieces.join('')).toBe('before ')
  proxy.hold()

  expect(await answer('held')).toBe('before held ')
})

test('a cut is a reset for both sides', async () => {
  const { proxy, socket, answer, closed } = await open()
  socket.write('hello')
  await answer('hello')

  proxy.cut()

  expect(['reset', 'closed']).toContain(await closed)
  expect(proxy.open).toBe(0)
})

test('a connection is cut after the words: they arrive, the answer does not', async () => {
  const { proxy, socket, answer, closed, pieces } = await open()
  socket.write('hello ')
  await answer('hello')
  const arrived = Promise.withResolvers<string>()
  heard.at(-1)?.on('data', (bytes: Buffer) => arrived.resolve(bytes.toString()))

  proxy.cutAfter('COMMIT')
  socket.write('COMMIT')

  await closed
  expect(await arrived.promise).toBe('COMMIT')
  expect(pieces.join('')).toBe('hello ')
  expect(proxy.cuts).toBe(1)
})
