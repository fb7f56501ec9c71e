import { readTree } from '../tree.ts'

// The examples of docs/protocol.md, taken apart.

export type Block =
  | { kind: 'http'; line: number; asked: Asked; status: number; answer: unknown }
  | { kind: 'socket'; line: number; steps: Step[] }
  | { kind: 'frame'; line: number; frames: unknown[] }
  | { kind: 'mail'; line: number; to: string; link: string }

export interface Asked {
  method: string
  path: string
  headers: Record<string, string>
  body: unknown
}

export type Step =
  | { kind: 'open'; who: string; path: string; headers: Record<string, string> }
  | { kind: 'send' | 'hear'; who: string; frame: Record<string, unknown> }
  | { kind: 'ask'; who: string; asked: Asked }

/** Blocks that share a node, and what it is started with. */
export interface Group {
  name: string
  env: Record<string, string>
  blocks: Block[]
}

/** Every example of the page, by the headings under `## Examples`. */
export function readExamples(): Group[] {
  const page = readTree('docs/protocol.md')
  const start = page.indexOf('\n## Examples\n')
  const end = page.indexOf('\n## ', start + 1)
  const text = page.slice(start, end === -1 ? undefined : end)
  const firstLine = page.slice(0, start).split('\n').length
  const groups: Group[] = []
  for (const { index, 1: heading, 2: kind, 3: inside = '' } of text.matchAll(
    /^### ([^\n]+)$|^```(\w+)\n(.*?)\n```$/gms,
  )) {
    const line = firstLine + text.slice(0, index).split('\n').length - 1
    if (heading !== undefined) groups.push({ name: heading, env: {}, blocks: [] })
    else add(groups.at(-1), kind ?? '', inside, line)
  }
  return groups
}

function add(group: Group | undefined, kind: string, inside: string, line: number): void {
  if (group === undefined) throw new Error(`line ${line}: an example without a heading`)
  if (kind === 'env') Object.assign(group.env, Object.fromEntries(inside.split('\n').map(setting)))
  else if (kind === 'http') group.blocks.push(readHttp(inside, line))
  else if (kind === 'socket') group.blocks.push({ kind, line, steps: inside.split('\n').map(readStep) })
  else if (kind === 'frame')
    group.blocks.push({ kind, line, frames: inside.split('\n').map((text) => JSON.parse(text)) })
  else if (kind === 'mail') group.blocks.push(readMail(inside, line))
  else throw new Error(`line ${line}: a block of no kind that is run`)
}

const setting = (text: string): [string, string] => {
  const [name = '', ...value] = text.split('=')
  return [name, value.join('=')]
}

function readHttp(inside: string, line: number): Block {
  const [question = '', reply = ''] = inside.split('\n\n')
  const [first = '', ...rest] = question.split('\n')
  const [status = '', ...answer] = reply.split('\n')
  return {
    kind: 'http',
    line,
    asked: readAsked(first, rest),
    status: Number(status),
    answer: answer.length === 0 ? undefined : JSON.parse(answer.join('\n')),
  }
}

function readAsked(first: string, rest: string[]): Asked {
  const [method = '', path = ''] = first.split(' ')
  const bodyAt = rest.findIndex((text) => text.startsWith('{'))
  const headers = (bodyAt === -1 ? rest : rest.slice(0, bodyAt)).map((text): [string, string] => {
    const [name = '', value = ''] = text.split(': ')
    return [name.toLowerCase(), value]
  })
  const body = bodyAt === -1 ? undefined : JSON.parse(rest.slice(bodyAt).join('\n'))
  return { method, path, headers: Object.fromEntries(headers), body }
}

function readStep(text: string): Step {
  const [, who = '', mark = '', rest = ''] = /^(\w+)([:<>]?) (.*)$/.exec(text) ?? []
  if (mark === ':') {
    const [path = '', token] = rest.split(' Authorization: ')
    return { kind: 'open', who, path, headers: token === undefined ? {} : { authorization: token } }
  }
  if (mark !== '') return { kind: mark === '>' ? 'send' : 'hear', who, frame: JSON.parse(rest) }
  const [, method = '', path = '', body] = /^(\w+) (\S+)(?: (.*))?$/.exec(rest) ?? []
  const headers = { authorization: `Bearer {${who}_token}` }
  return { kind: 'ask', who, asked: { method, path, headers, body: body && JSON.parse(body) } }
}

function readMail(inside: string, line: number): Block {
  const [to = '', link = ''] = inside.split(' ')
  return { kind: 'mail', line, to, link }
}
