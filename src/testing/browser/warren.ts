import { rmSync } from 'node:fs'
import { aloneInAFolder, type Ran, runAlone, type Serving, serveAlone } from '../executable.ts'

/** The executable at work in an empty folder, without any environment; it can die and come back at its address. */
export interface Warren {
  url: string
  /** As a power cut would. */
  kill(): Promise<void>
  /** Begins again in the same folder. */
  rise(): Promise<void>
  /** Runs one command in its folder. */
  run(args: string[]): Promise<Ran>
  remove(): Promise<void>
}

export async function openAlone(): Promise<Warren> {
  const folder = aloneInAFolder()
  let serving: Serving | null = await serveAlone(folder)
  const { url } = serving
  const kill = async (): Promise<void> => {
    await serving?.stop('SIGKILL')
    serving = null
  }
  return {
    url,
    kill,
    rise: async () => {
      serving = await serveAlone(folder, ['--listen', new URL(url).host])
    },
    run: (args) => runAlone(folder, args),
    remove: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
