import { expect, test } from 'bun:test'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { joinCss, minifyCss } from './css.ts'

test('what means nothing goes, what means something stays', () => {
  const css = `
    /* a note with "quotes" */
    .a :hover ,
    .b > .c { margin: calc(1px + 2px) ; color: light-dark( #fff, #000 ); }
    .d::after { content: "/* not a note */  ; } two  spaces"; }
    @container scroll-state(stuck: top) { .e { opacity: 0; } }`

  expect(minifyCss(css)).toBe(
    '.a :hover,.b > .c{margin: calc(1px + 2px);color: light-dark( #fff,#000 )}' +
      '.d::after{content: "/* not a note */  ; } two  spaces"}' +
      '@container scroll-state(stuck: top){.e{opacity: 0}}',
  )
})

test('imports are joined in their order and layer, and urls are renamed from where they stand', () => {
  const dir = mkdtempSync(join(tmpdir(), 'warren-css-'))
  writeFileSync(
    join(dir, 'app.css'),
    '@layer base, rooms;\n@import "./base.css" layer(base);\n@import \'./rooms.css\';\n',
  )
  writeFileSync(
    join(dir, 'base.css'),
    '@font-face { src: url(../fonts/a.woff2) } i { mask: url("data:image/x") }',
  )
  writeFileSync(join(dir, 'rooms.css'), '@layer rooms { b { top: 0 } }')

  const css = joinCss(join(dir, 'app.css'), (path) => `/assets/${path.slice(path.lastIndexOf('/') + 1)}`)

  expect(minifyCss(css)).toBe(
    '@layer base,rooms;@layer base{@font-face{src: url(/assets/a.woff2)}i{mask: url("data:image/x")}}' +
      '@layer rooms{b{top: 0}}',
  )
})
