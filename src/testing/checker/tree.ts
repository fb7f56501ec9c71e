import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../tree.ts'

/** A change of one place of a file by its text. */
export interface Patch {
  path: string
  /** Must be there exactly once, or the plan is out of date. Empty for the top, null for a file that is new. */
  text: string | null
  becomes: string
}

export interface PatchedTree {
  root: string
  /** What runs Warren from this tree. */
  command: string[]
  /** Builds the executable of this tree, and gives the command that runs it. */
  build(): Promise<string[]>
  remove(): void
}

const PARTS = ['src', 'views', 'migrations', 'static', 'script', 'package.json', 'tsconfig.json']

/** A copy of the tree with these changes: the program itself has no switch that would do what they do. */
export function plant(patches: readonly Patch[]): PatchedTree {
  const root = mkdtempSync(join(tmpdir(), 'warren-planted-'))
  for (const part of PARTS) cpSync(join(ROOT, part), join(root, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  for (const patch of patches) apply(root, patch)
  return {
    root,
    command: [process.execPath, '--no-env-file', join(root, 'src/main.ts')],
    build: () => build(root),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

function apply(root: string, { path, text, becomes }: Patch): void {
  const file = join(root, path)
  if (text === null) return writeFileSync(file, becomes)
  const source = readFileSync(file, 'utf8')
  if (text === '') return writeFileSync(file, `${becomes}${source}`)
  const places = source.split(text).length - 1
  if (places !== 1) throw new Error(`${path} has ${places} places that read ${JSON.stringify(text)}`)
  writeFileSync(
    file,
    source.replace(text, () => becomes),
  )
}

async function build(root: string): Promise<string[]> {
  const building = Bun.spawn([process.execPath, join(root, 'script/build.ts')], {
    cwd: root,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const [code, said] = await Promise.all([building.exited, Bun.readableStreamToText(building.stderr)])
  if (code !== 0) throw new Error(`the planted tree does not build: ${said}`)
  return [join(root, 'dist/warren')]
}
