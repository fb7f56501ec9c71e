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
