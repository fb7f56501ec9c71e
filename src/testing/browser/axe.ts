import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Found {
  violations: { id: string; nodes: { target: unknown[]; html: string; any: { message: string }[] }[] }[]
}

/** What axe finds against WCAG 2.2 AA and good practice. The debugger puts it in, which no policy of the page forbids. */
export async function findBarriers(page: Page, rules?: string[]): Promise<string[]> {
  const isIn = await page.evaluate(() => 'axe' in window)
  if (!isIn) await page.evaluate(AXE)
  const { violations } = (await page.evaluate(
    (only) =>
      (window as unknown as { axe: { run(at: Document, options: object): Promise<unknown> } }).axe.run(
        document,
        {
          resultTypes: ['violations'],
          preload: false,
          ...(only ? { runOnly: { type: 'rule', values: only } } : {}),
        },
      ),
    rules,
  )) as Found
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `axe ${id}: ${target.join(' ')} ${any[0]?.message.slice(0, 160) ?? ''}`),
  )
}
