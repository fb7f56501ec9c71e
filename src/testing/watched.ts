import { startTestNode, type TestNode } from './node.ts'

export const OPS = { WARREN_OPS_LISTEN: '127.0.0.1:0' }

/** Asks the listener for operators of a node that has one. */
export const askOps = ({ node }: TestNode, path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${node.opsUrl}${path}`, init)

export const scrape = async (node: TestNode): Promise<string> => (await askOps(node, '/metrics')).text()

/** The value of one series, as it is written: `warren_ws_frames_total{type="ping"}`. */
export function figureOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length))
}

/** Nodes that operators can ask, until `stop`. */
export function watchedNodes(): {
  start(env?: Record<string, string>): Promise<TestNode>
  stop(): Promise<void>
} {
  let running: TestNode[] = []
  return {
    start: async (env = OPS) => {
      const node = await startTestNode(env)
      running.push(node)
      return node
    },
    stop: async () => {
      await Promise.all(running.map((node) => node.stop()))
      running = []
    },
  }
}
