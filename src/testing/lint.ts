import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './tree.ts'

/** `path: rule` for every error that Biome finds in `src` and `views` of the tree at `root`, by our biome.json. */
export function lintErrors(root: string): string[] {
  const { stdout } = Bun.spawnSync(
    [`${ROOT}/node_modules/.bin/biome`, 'lint', '--reporter=json', '--max-diagnostics=none', 'src', 'views'],
    { cwd: root, stderr: 'ignore' },
  )
  const { diagnostics } = JSON.parse(stdout.toString()) as {
    diagnostics: { severity: string; category: string; location: { path: string } }[]
  }
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ category, location }) => `${location.path}: ${category.split('/').at(-1)}`)
    .sort()
}

/** A tree of its own with our biome.json, to plant what must be found. Gone with the machine's temporary files. */
export function plantTree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'warren-lint-'))
  copyFileSync(join(ROOT, 'biome.json'), join(root, 'biome.json'))
  for (const [path, source] of Object.entries({ 'views/empty.ts': '', ...files })) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), source)
  }
  return root
}
