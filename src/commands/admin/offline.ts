import type { App } from '../../platform/context.ts'
import { openApp } from '../../app.ts'
import type { Config } from '../../config.ts'

/** Takes the place of a node for the time of one action: its lock, its database, its secrets; no door is opened. */
export async function withoutNode<T>(config: Config, work: (app: App) => Promise<T>): Promise<T> {
  // Its log would stand among the command's data.
  const open = await openApp({ ...config, logLevel: 'silent' })
  try {
    return await work(open.app)
  } finally {
    await open.close()
  }
}
