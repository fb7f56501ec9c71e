import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { takenEncodings } from './encodings.ts'

/** Where a file of `static/` or an entry of `views/islands` is fetched: `asset('mark.svg')` → `/assets/mark-….svg`. */
export type AssetUrl = (name: string) => string

export interface Assets {
  /** Throws for a name that was not built: a misspelt name is a bug, not a broken picture. */
  url: AssetUrl
  /** The answer to anything below `/assets/`, null for every other path. No session is looked at. */
  respond(request: Request): Response | null
}

/** How a prepared form of a file is named on disk and in `Content-Encoding`, the smallest first. */
const ENCODINGS = [
  { ending: '.br', name: 'br' },
  { ending: '.gz', name: 'gzip' },
] as const

/** What may lie in `static/`: the build refuses anything else. */
export const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

/** In the executable the files are part of it; in the tree they lie in `static/build`. */
const BUILT = Bun.isStandaloneExecutable
  ? join(import.meta.dir, 'build')
  : join(import.meta.dir, '../../../static/build')

/** Reads names only: a file's bytes are read when somebody asks for it. */
export function openAssets(dir = BUILT): Assets {
  if (!existsSync(join(dir, 'manifest.json'))) buildNow()
  const manifest: Record<string, string> = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'))
  const files = new Set(readdirSync(dir))
  return {
    url: (name) => {
      const file = manifest[name]
      if (file === undefined) throw new Error(`no asset is called ${name}`)
      return `/assets/${file}`
    },
    respond: (request) => {
      const { pathname } = new URL(request.url)
      return pathname.startsWith('/assets/') ? respond({ dir, files }, pathname.slice(8), request) : null
    },
  }
}

interface Built {
  dir: string
  files: ReadonlySet<string>
}

function respond(built: Built, name: string, request: Request): Response {
  const type = TYPES[extname(name)] // a name that ends in .br or .gz, and the manifest, have none
  if (type === undefined || !built.files.has(name)) return new Response('not found', { status: 404 })
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response('method not allowed', { status: 405, headers: { allow: 'GET, HEAD' } })
  }
  const encoding = choose(request.headers.get('accept-encoding'), (ending) => built.files.has(name + ending))
  const etag = `"${name}${encoding?.ending ?? ''}"`
  const headers = new Headers({
    'content-type': type,
    'cache-control': 'public, max-age=31536000, immutable',
    etag,
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
  })
  if (encoding !== undefined) headers.set('content-encoding', encoding.name)
  if (knows(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers })
  return new Response(Bun.file(join(built.dir, name + (encoding?.ending ?? ''))), { headers })
}

/** The smallest prepared form that the browser takes; undefined: the file as it is. */
function choose(accepts: string | null, has: (ending: string) => boolean) {
  const taken = takenEncodings(accepts)
  return ENCODINGS.find(({ name, ending }) => taken.has(name) && has(ending))
}

const knows = (ifNoneMatch: string | null, etag: string): boolean =>
  (ifNoneMatch ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)

/** In the tree, the first node after a fresh clone: a second of work, once. */
function buildNow(): void {
  if (Bun.isStandaloneExecutable) throw new Error('this executable was built without its assets')
  const script = join(import.meta.dir, '../../../script/build.ts')
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, script, '--browser'], { stderr: 'pipe' })
  if (exitCode !== 0) throw new Error(`static/build could not be built: ${stderr.toString()}`)
}
