import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { $, type BunPlugin, Glob } from 'bun'
import packageJson from '../package.json' with { type: 'json' }
import { buildBrowser } from './browser.ts'

const ROOT = join(import.meta.dir, '..')

/** The commit, shortened; with `+` when what is built is not exactly that. */
async function commit(): Promise<string> {
  const head = (await $`git -C ${ROOT} rev-parse --short=12 HEAD`.nothrow().quiet().text()).trim()
  const changes = await $`git -C ${ROOT} status --porcelain`.nothrow().quiet().text()
  return head === '' ? 'unknown' : head + (changes === '' ? '' : '+')
}

/** zod words its messages in sixty languages, which cost 15 ms at every start; what people read comes from the texts. */
const englishOnly: BunPlugin = {
  name: 'zod in English only',
  setup: (build) => {
    build.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
      loader: 'js',
    }))
  },
}

/** Its index loads the clients of fifteen stores; a node counts in its own memory, or with others in Redis. */
const twoLimitersOnly: BunPlugin = {
  name: 'rate limits in memory and in Redis only',
  setup: (build) => {
    build.onLoad({ filter: /rate-limiter-flexible\/index\.js$/ }, () => ({
      contents: `exports.RateLimiterMemory = require('./lib/RateLimiterMemory')
        exports.RateLimiterRedis = require('./lib/RateLimiterRedis')
        exports.RateLimiterRes = require('./lib/RateLimiterRes')`,
      loader: 'js',
    }))
  },
}

/** Builds `dist/warren`, or `outfile`: one file that needs nothing beside it. */
export async function buildExecutable(entry: string, outfile: string): Promise<void> {
  const workers = [...new Glob('src/**/*.worker.ts').scanSync(ROOT)].sort()
  await Bun.build({
    entrypoints: [entry, ...workers.map((path) => join(ROOT, path))],
    root: join(ROOT, 'src'),
    target: 'bun',
    format: 'esm',
    splitting: true,
    minify: { whitespace: true, syntax: true, identifiers: false }, // a stack in the log names its functions
    bytecode: true,
    plugins: [englishOnly, twoLimitersOnly],
    define: {
      'process.env.NODE_ENV': '"production"',
      WARREN_VERSION: JSON.stringify(packageJson.version),
      WARREN_COMMIT: JSON.stringify(await commit()),
    },
    compile: {
      outfile,
      assets: [join(ROOT, 'static/build'), join(ROOT, 'migrations')],
      // Else the executable would run what a .env or bunfig.toml beside it says.
      autoloadDotenv: false,
      autoloadBunfig: false,
      execArgv: ['--disallow-code-generation-from-strings=strict'],
    },
  })
}

if (import.meta.main) {
  const started = performance.now()
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1)
  const [only] = process.argv.slice(2)
  await buildBrowser()
  if (only === '--browser') {
    console.error(`static/build: ${readdirSync(join(ROOT, 'static/build')).length} files in ${seconds()} s`)
  } else {
    const outfile = join(ROOT, 'dist/warren')
    rmSync(outfile, { force: true }) // a running node keeps the file it was started from
    await buildExecutable(join(ROOT, 'src/main.ts'), outfile)
    console.error(`dist/warren: ${(statSync(outfile).size / 1e6).toFixed(1)} MB in ${seconds()} s`)
  }
}
