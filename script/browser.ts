import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { Glob } from 'bun'
import { TYPES } from '../src/platform/http/assets.ts'
import { joinCss, minifyCss } from './css.ts'

const ROOT = join(import.meta.dir, '..')
const STATIC = join(ROOT, 'static')
const OUT = join(STATIC, 'build')

/** Everything a browser fetches: hashed name → bytes, and logical name → hashed name. */
interface Output {
  files: Map<string, Uint8Array>
  manifest: Record<string, string>
}

/** Builds `static/build`: islands, htmx, style, pictures and fonts; each also as .br and .gz; and the manifest. */
export async function buildBrowser(): Promise<void> {
  const output: Output = { files: new Map(), manifest: {} }
  addStatic(output)
  addStyle(output)
  await addScripts(output)
  await compressAll(output)
  write(output)
}

function add(output: Output, logical: string, bytes: Uint8Array): string {
  const ending = extname(logical)
  if (TYPES[ending] === undefined) throw new Error(`static/${logical}: no content type is known for it`)
  const hash = Bun.hash(bytes).toString(36).padStart(13, '0').slice(0, 10)
  const name = `${basename(logical, ending)}-${hash}${ending}`
  output.files.set(name, bytes)
  output.manifest[logical] = name
  return name
}

function addStatic(output: Output): void {
  for (const path of new Glob('**/*').scanSync(STATIC)) {
    const isSource = path.startsWith('build/') || path.startsWith('css/')
    if (!isSource) add(output, path, readFileSync(join(STATIC, path)))
  }
}

function addStyle(output: Output): void {
  const entry = join(STATIC, 'css/app.css')
  if (!existsSync(entry)) return
  const css = joinCss(entry, (path) => {
    const name = output.manifest[relative(STATIC, path)]
    if (name === undefined)
      throw new Error(`a style sheet points at ${relative(ROOT, path)}, which is not there`)
    return `/assets/${name}`
  })
  add(output, 'app.css', new TextEncoder().encode(minifyCss(css)))
}

async function addScripts(output: Output): Promise<void> {
  const { outputs } = await Bun.build({
    entrypoints: ['client', 'htmx'].map((name) => join(ROOT, `views/islands/${name}.ts`)),
    target: 'browser',
    format: 'esm',
    splitting: true,
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    naming: { entry: '[name]-[hash].[ext]', chunk: 'chunk-[hash].[ext]' },
  })
  for (const script of outputs) {
    const name = basename(script.path)
    output.files.set(name, new Uint8Array(await script.arrayBuffer()))
    if (script.kind === 'entry-point') output.manifest[`${name.slice(0, name.lastIndexOf('-'))}.js`] = name
  }
}

/** Once, at build, as small as it gets. What does not get smaller (fonts, pictures) has no second form. */
async function compressAll({ files }: Output): Promise<void> {
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
  const work = [...files].map(async ([name, bytes]) => {
    const [br, gz] = await Promise.all([
      promisify(brotliCompress)(bytes, best),
      promisify(gzip)(bytes, { level: 9 }),
    ])
    const worthIt = br.length < bytes.length * 0.95
    if (worthIt) files.set(`${name}.br`, br).set(`${name}.gz`, gz)
  })
  await Promise.all(work)
}

/** The manifest last and in one step, the leftovers after it: a node or a second build beside us never sees half. */
function write({ files, manifest }: Output): void {
  mkdirSync(OUT, { recursive: true })
  for (const [name, bytes] of files) replace(name, bytes)
  replace('manifest.json', JSON.stringify(manifest, null, 2))
  for (const name of readdirSync(OUT)) {
    if (name !== 'manifest.json' && !files.has(name) && !name.endsWith('.part'))
      rmSync(join(OUT, name), { force: true })
  }
}

function replace(name: string, content: string | Uint8Array): void {
  const part = join(OUT, `${name}.${process.pid}.part`)
  mkdirSync(dirname(part), { recursive: true })
  writeFileSync(part, content)
  renameSync(part, join(OUT, name))
}
