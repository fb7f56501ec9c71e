import { type Listen, parseListen } from '../config.ts'

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
