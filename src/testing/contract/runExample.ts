import { listMails } from '../../platform/mail/mailbox.ts'
import { askerAt, type TestNode } from '../node.ts'
import { openSocketClient, type TestSocket } from '../socket.ts'
import type { Asked, Block, Step } from './examples.ts'
import { difference, filled, filledText, type Known } from './matching.ts'
import { witnessFrame } from './witness.ts'

/** Carries one example out. Throws where the node does not answer as the page says. */
export async function runExample(node: TestNode, block: Block, known: Known): Promise<void> {
  const fault = await faultIn(node, block, known)
  if (fault !== null) throw new Error(`docs/protocol.md:${block.line} ${fault}`)
}

async function faultIn(node: TestNode, block: Block, known: Known): Promise<string | null> {
  switch (block.kind) {
    case 'http': {
      const { status, body } = await ask(node, block.asked, known)
      if (status !== block.status) return `answered ${status} ${JSON.stringify(body)}`
      return block.answer === undefined ? null : difference(block.answer, body, known)
    }
    case 'frame':
      for (const frame of block.frames) witnessFrame(frame as { type: string })
      return null
    case 'mail':
      return await readLetter(node, block, known)
    case 'socket':
      return await talk(node, block.steps, known)
  }
}

function ask(node: TestNode, { method, path, headers, body }: Asked, known: Known) {
  const filledHeaders = Object.entries(headers).map(([name, value]) => [name, filledText(value, known)])
  const asker = askerAt(node.url, Object.fromEntries(filledHeaders))
  const url = filledText(path, known)
  const sent = filled(body, known)
  if (method === 'GET') return asker.get(url)
  if (method === 'DELETE') return asker.del(url)
  return method === 'PUT' ? asker.put(url, sent) : asker.post(url, sent)
}

/** The newest letter to somebody. The job that sends it may still be at work. */
async function readLetter(
  { dataDir }: TestNode,
  { to, link }: { to: string; link: string },
  known: Known,
): Promise<string | null> {
  const [path = '', name = ''] = link.split(/[{}]/)
  const form = new RegExp(`${RegExp.escape(path)}([\\w-]+)`)
  const patience = AbortSignal.timeout(8000)
  while (!patience.aborted) {
    const letters = (await listMails(dataDir)).filter((letter) => letter.to === to)
    const found = letters.map((letter) => form.exec(JSON.stringify(letter))?.[1]).find(Boolean)
    if (found !== undefined) {
      known.set(name, found)
      return null
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return `no letter to ${to} has ${path}`
}

async function talk(node: TestNode, steps: Step[], known: Known): Promise<string | null> {
  const sockets = new Map<string, TestSocket>()
  try {
    for (const step of steps) {
      const fault = await takeStep(node, step, known, sockets)
      if (fault !== null) return `${JSON.stringify(step)}: ${fault}`
    }
    return null
  } finally {
    for (const socket of sockets.values()) socket.close()
  }
}

async function takeStep(
  node: TestNode,
  step: Step,
  known: Known,
  sockets: Map<string, TestSocket>,
): Promise<string | null> {
  if (step.kind === 'open') {
    const url = node.url.replace('http', 'ws') + filledText(step.path, known)
    const headers = filled(step.headers, known) as Record<string, string>
    sockets.set(step.who, await openSocketClient(url, headers, witnessFrame))
    return null
  }
  if (step.kind === 'ask') {
    const { status, body } = await ask(node, step.asked, known)
    return status < 300 ? null : `answered ${status} ${JSON.stringify(body)}`
  }
  const socket = sockets.get(step.who)
  if (socket === undefined) return `${step.who} has no socket`
  if (step.kind === 'hear') return await hear(socket, step.frame, known)
  socket.send(filled(step.frame, known) as object)
  return null
}

async function hear(socket: TestSocket, frame: Record<string, unknown>, known: Known) {
  // `hello` was taken when the socket was opened.
  const hello = frame.type === 'hello' ? socket.frames[0] : undefined
  let last: string | null = null
  const fits = (said: unknown) => {
    last = difference(frame, said, new Map(known))
    return last === null
  }
  const heard =
    hello ??
    (await socket.next(String(frame.type), fits).catch((error: Error) => {
      throw new Error(`${error.message}; the last one differed: ${last}`)
    }))
  return difference(frame, heard, known)
}
