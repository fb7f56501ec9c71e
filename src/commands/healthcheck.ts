import { type Listen, parseListen } from '../config.ts'
import { type Command, EXIT, fail } from './command.ts'

export const healthcheck: Command = {
  usage: '',
  example: 'warren healthcheck && echo alive',
  details: ['Exit code 0 when the node that listens where the settings say answers within 3 s, else 1.'],
  async run({ settings, io }) {
    const { listen } = settings().config
    const door = parseListen(listen)
    if ('port' in door && door.port === 0) {
      fail(EXIT.usage, 'port 0 is a different one each time. Set WARREN_LISTEN to the real one.')
    }
    try {
      const { status } = await askHealth(door)
      if (status === 200) return EXIT.ok
      io.err(`error: the node at ${listen} answered ${status}. Look at its log.`)
    } catch (error) {
      const why = (error as { code?: string }).code ?? (error as Error).name
      io.err(
        `error: no node answers at ${listen} (${why}). Is "warren serve" running with the same settings?`,
      )
    }
    return EXIT.failed
  },
}

function askHealth(listen: Listen): Promise<Response> {
  const signal = AbortSignal.timeout(3_000)
  if ('unix' in listen) return fetch('http://localhost/healthz', { unix: listen.unix, signal })
  const everywhere = ['::', '0.0.0.0'].includes(listen.hostname)
  const host = everywhere
    ? '127.0.0.1'
    : listen.hostname.includes(':')
      ? `[${listen.hostname}]`
      : listen.hostname
  return fetch(`http://${host}:${listen.port}/healthz`, { signal })
}
