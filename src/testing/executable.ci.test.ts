import { afterEach, beforeEach, expect, test } from 'bun:test'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import { aloneInAFolder, runAlone, type Serving, serveAlone } from './executable.ts'

let folder: string
let node: Serving | null = null

beforeEach(() => {
  folder = aloneInAFolder()
})

afterEach(async () => {
  await node?.stop('SIGKILL')
  node = null
  rmSync(folder, { recursive: true, force: true })
})

test('the executable says which version it is', async () => {
  const { code, out, err } = await runAlone(folder, ['version', '--json'])

  expect([code, err]).toEqual([0, ''])
  const said = JSON.parse(out)
  expect(said.version).toBe(packageJson.version)
  expect(said.bun).toBe(packageJson.engines.bun)
  expect(said.schema).toBeGreaterThan(0) // the migrations are inside
})

test('what lies beside the executable is not run', async () => {
  writeFileSync(join(folder, 'bunfig.toml'), 'preload = ["./evil.ts"]\n')
  writeFileSync(join(folder, 'evil.ts'), "await Bun.write('ran', 'yes')\n")
  writeFileSync(join(folder, '.env'), 'WARREN_LISTEN=no address\n')

  const { code } = await runAlone(folder, ['config', 'validate'])

  expect(code).toBe(0)
  expect(readdirSync(folder).sort()).toEqual(['.env', 'bunfig.toml', 'evil.ts', 'warren'])
})

test('alone in an empty folder it serves a page with its style and scripts, and ends when told', async () => {
  node = await serveAlone(folder)

  const page = await fetch(node.url)
  const html = await page.text()
  const assets = [...new Set(html.match(/\/assets\/[\w.-]+/g))]
  const answers = await Promise.all(assets.map((path) => fetch(node?.url + path)))

  expect(page.status).toBe(200)
  expect(html).toMatch(/^<!doctype html>/i)
  expect(assets.map((path) => path.replace(/-[a-z0-9]+\./, '.'))).toContain('/assets/app.css')
  expect(answers.map((answer) => answer.status)).toEqual(assets.map(() => 200))
  expect(await node.stop('SIGTERM')).toBe(0)
  expect(readdirSync(folder).sort()).toEqual(['data', 'warren'])
})

test('two nodes with a folder each never share an address', async () => {
  node = await serveAlone(folder)
  const other = aloneInAFolder()
  const { host } = new URL(node.url)

  const { code, err } = await runAlone(other, ['serve', '--listen', host])

  expect(code).toBe(4)
  expect(err).toContain('the address is in use')
  rmSync(other, { recursive: true, force: true })
})
