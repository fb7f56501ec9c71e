import { EXIT, Failure, type Io } from './command.ts'

/** The real world: standard output for data, standard error for what is said about it. */
export function terminal(env: Io['env']): Io {
  // Only the callback of a write tells that it has gone out; what else there is to ask says nothing of a full pipe.
  let taken = Promise.resolve()
  const interactive = process.stdin.isTTY === true && process.stderr.isTTY === true
  return {
    env,
    out: (line) => {
      taken = new Promise((done) => process.stdout.write(`${line}\n`, () => done()))
    },
    err: (line) => void process.stderr.write(`${line}\n`),
    taken: () => taken,
    interactive,
    color: process.stdout.isTTY === true && !env.NO_COLOR,
    askSecret,
    readInput: () => Bun.stdin.text(),
  }
}

const ENTER = ['\r', '\n', '\u0004']
const ERASE = ['\u007f', '\b']
const INTERRUPT = '\u0003'

/** Read key by key, because a line that the terminal reads is a line that it shows: also before the question. */
async function askSecret(question: string): Promise<string> {
  process.stdin.setRawMode(true)
  process.stderr.write(`${question}: `)
  try {
    return await typedLine()
  } finally {
    process.stdin.setRawMode(false)
    process.stdin.pause()
    process.stderr.write('\n')
  }
}

function typedLine(): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let typed: string[] = []
  const onKeys = (keys: Buffer | string) => {
    for (const key of String(keys)) {
      if (key === INTERRUPT) return reject(new Failure(EXIT.failed, 'interrupted. Nothing was changed.'))
      if (ENTER.includes(key)) return resolve(typed.join(''))
      typed = ERASE.includes(key) ? typed.slice(0, -1) : [...typed, key]
    }
  }
  process.stdin.setEncoding('utf8').on('data', onKeys).resume()
  return promise.finally(() => process.stdin.off('data', onKeys))
}
