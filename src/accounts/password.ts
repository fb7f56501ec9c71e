import { refuse } from '../platform/errors.ts'

/** OWASP's first choice for argon2id; about 20 ms. Bun hashes on a thread of its own. */
const ARGON2ID = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const
const CURRENT = `$argon2id$v=19$m=${ARGON2ID.memoryCost},t=${ARGON2ID.timeCost},p=1$`

/** Nobody's: checked where there is no account, so that the answer takes as long as for one (S-09, S-55). */
const NOBODY =
  '$argon2id$v=19$m=19456,t=2,p=1$LLC/MGtEieU/A57eX+7bZdr9VQT5Z8XWCaymFvPyE0M$bHub1qi+jAhGdRm2QNBPjDya78Mnsvcb4TM+NJ4ocmE'

/** Each hash takes 19 MiB and a core: a flood of them waits, and a long queue is turned away. */
const AT_ONCE = 4
const MAX_WAITING = 200
let running = 0
const waiting: (() => void)[] = []

/** The argon2id hash of a password. Refuses `unavailable` `busy` when too many wait. */
export const hashPassword = (password: string): Promise<string> =>
  inTurn(() => Bun.password.hash(password, ARGON2ID))

/** Whether it is the password; without a hash the answer is no, after the same work. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const right = await inTurn(() => Bun.password.verify(password, hash ?? NOBODY))
  return right && hash !== null
}

/** Whether the hash is of another kind or strength than today's: bcrypt, brought along from elsewhere. */
export const isOutdated = (hash: string): boolean => !hash.startsWith(CURRENT)

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= MAX_WAITING) refuse('unavailable', 'busy', { retryAfterMs: 2000 })
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}
