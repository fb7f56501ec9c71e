import { RedisClient } from 'bun'

/** Commands on a connection of their own, and the answers as text. */
export async function askRedis({ url }: { url: string }, ...commands: string[][]): Promise<string[]> {
  const client = new RedisClient(url, { autoReconnect: false, connectionTimeout: 2000 })
  try {
    const answers: string[] = []
    for (const [name = '', ...args] of commands) answers.push(String(await client.send(name, args)))
    return answers
  } finally {
    client.close()
  }
}
