import { copyFileSync, existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './tree.ts'

const BUILT = join(ROOT, 'dist/warren')

/** An empty folder with nothing in it but the executable, as somebody has it who downloaded it. */
export function aloneInAFolder(): string {
  if (!existsSync(BUILT)) throw new Error('dist/warren is not there: script/build makes it')
  const folder = mkdtempSync(join(tmpdir(), 'warren-alone-'))
  copyFileSync(BUILT, join(folder, 'warren'))
  return folder
}

export interface Ran {
  code: number
  out: string
  err: string
}

/** Runs one command to its end, without any environment. */
export async function runAlone(folder: string, args: string[]): Promise<Ran> {
  const child = Bun.spawn(['./warren', ...args], {
    cwd: folder,
    env: {},
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [code, out, err] = await Promise.all([
    child.exited,
    Bun.readableStreamToText(child.stdout),
    Bun.readableStreamToText(child.stderr),
  ])
  return { code, out, err }
}

export interface Serving {
  url: string
  /** Everything it has said so far, of both streams. */
  said(): string
  /** Sends the signal and gives the exit code. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number>
}

/** `warren serve`, on a free port unless told where; settles when it says where it is. */
export async function serveAlone(folder: string, args: string[] = []): Promise<Serving> {
  const where = args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']
  const child = Bun.spawn(['./warren', 'serve', ...where, ...args], {
    cwd: folder,
    env: {},
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let said = ''
  const url = Promise.withResolvers<string>()
  const listen = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      said += text
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
      if (found !== null) url.resolve(found[0])
    }
  }
  void Promise.all([listen(child.stdout), listen(child.stderr)]) // ends with the process
  void child.exited.then((code) => url.reject(new Error(`serve ended with ${code}: ${said}`)))
  return {
    url: await url.promise,
    said: () => said,
    stop: (signal) => {
      child.kill(signal)
      return child.exited
    },
  }
}
