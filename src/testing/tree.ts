import { readFileSync } from 'node:fs'
import { join } from 'node:path'

// The tree as the house tests see it: every file that git tracks or would track.

export const ROOT = join(import.meta.dir, '../..')

/** Paths from the root, sorted. Files that are only deleted from the work tree are left out. */
export function treeFiles(): string[] {
  const list = (...args: string[]) => {
    const { stdout, exitCode } = Bun.spawnSync(['git', '-C', ROOT, 'ls-files', '-z', ...args])
    if (exitCode !== 0) throw new Error('these tests need a git work tree')
    return stdout.toString().split('\0').filter(Boolean)
  }
  const deleted = new Set(list('--deleted'))
  return list('--cached', '--others', '--exclude-standard')
    .filter((path) => !deleted.has(path))
    .sort()
}

export const readTree = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** Source files of the program: the part of the tree that the house rules are about. */
export const isSource = (path: string): boolean => /^(src|views)\/.*\.tsx?$/.test(path)

export const isTest = (path: string): boolean => /\.(test|contract)\.tsx?$/.test(path)

export interface Import {
  /** The file meant, from the root, for a relative import; else the package's name. */
  target: string
  typeOnly: boolean
}

// Biome keeps static imports and re-exports at the start of a line: what it formats, this finds.
const STATIC = /^(?:import|export)\s(?:[^'"`;]*?\sfrom\s+)?'([^']+)'/gm

/** A type may also be named in passing: `import('./call.ts').Call`. */
const IN_PASSING = /\bimport\('([^']+)'\)/g

/**
 * What a file imports. Values are what Bun's own parser finds; what else is named are types, which are gone when
 * the program runs.
 */
export function importsOf(path: string, source: string): Import[] {
  const loader = path.endsWith('.tsx') ? 'tsx' : 'ts'
  const values = new Set(new Bun.Transpiler({ loader }).scanImports(source).map((found) => found.path))
  if (loader === 'tsx') for (const added of JSX_RUNTIMES) values.delete(added)
  const named = [STATIC, IN_PASSING].flatMap((form) =>
    [...source.matchAll(form)].map((match) => match[1] ?? ''),
  )
  return [...new Set([...named, ...values])].map((specifier) => ({
    target: specifier.startsWith('.') ? join(path, '..', specifier) : specifier,
    typeOnly: !values.has(specifier),
  }))
}

/** Added by the parser for what JSX becomes. */
const JSX_RUNTIMES = ['react', 'react/jsx-runtime', 'react/jsx-dev-runtime']
