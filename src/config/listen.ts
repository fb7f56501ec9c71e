/** Where to listen or, to whoever asks the local node, where it listens. */
export type Listen = { unix: string } | { hostname: string; port: number }

/** The address once a port stands for "any free one": links and whoever asks name the one it became. */
export const settlePort = (listen: string, port: number | undefined): string =>
  port === undefined ? listen : listen.replace(/:0$/, `:${port}`)

/** What `config.listen` means to `Bun.serve`: no host is every interface, IPv6 where there is one. */
export function parseListen(listen: string): Listen {
  if (listen.startsWith('unix:')) return { unix: listen.slice('unix:'.length) }
  const colon = listen.lastIndexOf(':')
  const hostname = listen.slice(0, colon).replace(/^\[(.*)\]$/, '$1')
  return { hostname: hostname || '::', port: Number(listen.slice(colon + 1)) }
}

/** Why nobody can listen there, and what to do. */
export interface Trouble {
  reason: string
  fix: string
}

/** In words, by the system's code; null for a code that has nothing to do with an address. `setting` says where. */
export function listenTrouble(
  listen: string,
  code: string | undefined,
  setting = 'WARREN_LISTEN',
): Trouble | null {
  const door = parseListen(listen)
  switch (code) {
    case 'EADDRINUSE':
      return {
        reason: `the address is in use: something else listens at ${listen}`,
        fix: `stop what listens there, or choose another with ${setting}`,
      }
    case 'EADDRNOTAVAIL':
      return {
        reason: `${listen} is no address of this machine`,
        fix: `set ${setting} to one that is, or to :PORT for all of them`,
      }
    case 'EACCES':
    case 'EPERM':
      return { reason: `${listen} may not be opened by this user`, fix: fixOfAccess(door) }
    case 'ENOENT':
    case 'ENOTDIR':
      return 'unix' in door
        ? { reason: `the folder of ${door.unix} is not there`, fix: `make it, or set ${setting}` }
        : null
    default:
      return null
  }
}

const fixOfAccess = (door: Listen): string =>
  'unix' in door
    ? 'make its folder writable for the user who runs Warren'
    : 'choose a port from 1024 on behind a proxy, or give the unit AmbientCapabilities=CAP_NET_BIND_SERVICE'
