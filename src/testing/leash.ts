/**
 * The command, tied to this process: the kernel sends it `signal` when we end, however that happens, `kill -9`
 * included. Only where there is `setpriv`; elsewhere whoever started it ends it.
 */
export const leashed = (
  command: readonly string[],
  { signal = 'KILL', user }: { signal?: 'KILL' | 'QUIT'; user?: string | undefined } = {},
): string[] =>
  Bun.which('setpriv') === null
    ? [...command]
    : ['setpriv', ...(user === undefined ? [] : identityOf(user)), '--pdeathsig', signal, ...command]

const identityOf = (user: string): string[] => [`--reuid=${user}`, `--regid=${user}`, '--init-groups']
