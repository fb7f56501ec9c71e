import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { harmIn } from './harmless.ts'
import { highlight } from './highlight.ts'
import { isHeavy, renderMarkdown } from './markdown.ts'
import { renderMarkup } from './markup.ts'
import { targetNames } from './mentions.ts'

const html = (content: string) => renderMarkup(content, highlight).html

test('bold, italic, struck, code, quotes, lists and links become what they mean', () => {
  expect(html('**b** *i* ~~s~~ `c`')).toBe('<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>')
  expect(html('> said')).toBe('<blockquote>\n<p>said</p>\n</blockquote>')
  expect(html('3. c\n4. d')).toBe('<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>')
  expect(html('[warren](https://example.org "t")')).toBe(
    '<p><a href="https://example.org" target="_blank" rel="noopener noreferrer nofollow">warren</a></p>',
  )
})

test('an address that names its scheme, and an e-mail, link themselves; a file name does not', () => {
  expect(html('see https://example.org/a?b=1&c=2.')).toContain('href="https://example.org/a?b=1&amp;c=2"')
  expect(html('ann@example.org')).toContain('href="mailto:ann@example.org"')
  expect(html('open main.py or example.com')).toBeNull()
})

test('a text without markup needs no HTML, however many lines it has', () => {
  expect(html('two\nlines & <one> "quote"')).toBeNull()
})

test('what a chat has no use for stays text', () => {
  for (const text of ['# head', 'head\n===', '---', '    code', '![alt](http://a/b.png)', '|a|\n|-|\n|b|']) {
    expect(html(text) ?? '').not.toMatch(/<(h1|hr|pre|img|table)/)
  }
})

test('a block of a named language is coloured and labelled, any other is as it was written', () => {
  expect(html('```c\nreturn 1; // one\n```')).toBe(
    '<figure class="code"><figcaption>C</figcaption><pre tabindex="0"><code>' +
      '<span class="k">return</span> <span class="n">1</span>; <i>// one</i>\n</code></pre></figure>',
  )
  expect(html('```\n<b>\n```')).toContain(
    '<figcaption></figcaption><pre tabindex="0"><code>&lt;b&gt;\n</code>',
  )
  expect(html('```nonsense\nx\n```')).toContain('<figcaption>nonsense</figcaption>')
  expect(html(`\`\`\`js\n${'let a = 1\n'.repeat(600)}\`\`\``)).not.toContain('class="k"')
})

test('names outside code and addresses are marked, in lower case, each once', () => {
  const { names } = renderMarkup(
    '@Ann, (@bo.lee) @ann @here `@code` a@b.org https://x.org/@url x@cy @анна @',
    null,
  )

  expect(names).toEqual(['ann', 'bo.lee', 'here'])
})

test('a marked name is nobody until it is somebody', () => {
  const rendered = renderMarkup('**@ann** @nobody', null)

  expect(targetNames(rendered.html ?? '', new Map([['ann', 'u1']]))).toBe(
    '<p><strong><span class="mention" data-user="u1">@ann</span></strong> @nobody</p>',
  )
})

test('a mark cannot be written by hand (S-26)', () => {
  const forged = '<span class="mention" data-user="@ann">@ann</span> *x*'

  expect(targetNames(html(forged) ?? '', new Map([['ann', 'u1']]))).not.toContain(
    '<span class="mention" data-user="@ann"',
  )
  expect(html('`<span class="mention" data-user="@ann">@x</span>`')).not.toContain('<span')
})

test('only http, https and mailto lead out of a message (S-25)', () => {
  for (const url of [
    'javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc',
    '/logout',
    '//evil.org',
    'ftp://a',
  ]) {
    expect(html(`[x](${url}) [y](<${url}>) <${url}>`) ?? '').not.toContain('<a')
  }
})

test('markup that is many times its text stays text (S-27)', () => {
  expect(html('a@b.c '.repeat(2_600))).toBeNull()
})

test('deep nesting ends (S-27)', () => {
  expect(html(`${'> '.repeat(200)}x`)?.match(/<blockquote>/g)?.length).toBeLessThan(30)
})

const CLASSIC = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](javascript&colon;alert(1))',
  '[x](https://a.b"onmouseover="alert(1))',
  "[x](https://a.b' onclick=alert(1))",
  '[x](<https://a.b" onx="1>)',
  '![x](javascript:alert(1))',
  '![x" onerror="alert(1)](https://a.b/c.png)',
  '<https://a.b/"onmouseover=alert(1)>',
  '<javascript:alert(1)>',
  'https://a.b/"><script>alert(1)</script>',
  '```js"><script>alert(1)</script>\nx\n```',
  '```"onload=alert(1)\nx\n```',
  '``` <b>\nx\n```',
  '~~~html\n<script>alert(1)</script>\n~~~',
  '```html\n<img src=x onerror=alert(1)>\n```',
  '```xml\n<!-- <b> --><![CDATA[<b>]]>\n```',
  '```php\n<?php echo "<script>"; ?>\n```',
  '[a]: javascript:alert(1)\n[a]',
  '<!-- --><b>',
  '<![CDATA[<b>]]>',
  '<?php ?>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;script&#62;',
  '@ann"><b>',
  '@ann<b onx=1>',
  '<span class="mention" data-user="@x" onclick=alert(1)>@x</span>',
  '<div hx-get="/api/auth/logout" hx-trigger="load">x</div>',
  '<p style="position:fixed" id="main" name="x">',
  '</p></div></main><form action=//evil.org>',
  '`</code><script>`',
  '*<b*>*',
  '[**x**](mailto:a@b.c?subject="><script>)',
  '\u202eevil\u202c [\u202ex](https://a.b)',
  '<a href="https://a.b" target=_self rel=opener>',
]

/** Every classic in every place where text may stand. */
const PLACES: ((text: string) => string)[] = [
  (text) => text,
  (text) => `> ${text}`,
  (text) => `- ${text}`,
  (text) => `**${text}**`,
  (text) => `[${text}](https://a.b)`,
  (text) => `[x](https://a.b/${text})`,
  (text) => `[x](https://a.b "${text}")`,
  (text) => `\`\`\`js\n${text}\n\`\`\``,
  (text) => `\`\`\`${text}\ncode\n\`\`\``,
  (text) => `@ann ${text} @bo`,
]

test('a corpus of attacks in every place of a message does no harm (S-25, S-26)', () => {
  const corpus = CLASSIC.flatMap((attack) => PLACES.map((place) => place(attack)))
  const harmful = corpus.filter((content) => harmIn(html(content) ?? '').length > 0)

  expect(corpus.length).toBeGreaterThan(300)
  expect(harmful).toEqual([])
})

test('the check itself sees harm', () => {
  for (const bad of [
    '<script>',
    '<p id="x">',
    '<a href="javascript:x" rel="noopener noreferrer nofollow">',
    '<span class="evil">',
    '<!--x-->',
    '<b hx-get="/">',
  ]) {
    expect(harmIn(bad)).not.toEqual([])
  }
})

const piece = fc.oneof(
  fc.constantFrom(...CLASSIC),
  fc.constantFrom(
    '*',
    '**',
    '_',
    '`',
    '```',
    '~~~',
    '\n',
    '\n\n',
    '> ',
    '- ',
    '1. ',
    '[',
    '](',
    ')',
    '<',
    '>',
    '"',
    "'",
    '&',
    '\\',
    '!',
    '|',
    '@',
    '@ann',
    'https://',
    'mailto:',
    'javascript:',
    '```html\n',
    '&#x3c;',
    '\u0000',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.webUrl(),
)

test('whatever is put together does no harm (S-25, S-26)', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const content = pieces.join('')
      const rendered = html(content)
      const shown = targetNames(rendered ?? '', new Map([['ann', '0190b6e2-0000-7000-8000-000000000001']]))

      expect(harmIn(rendered ?? '')).toEqual([])
      expect(harmIn(shown)).toEqual([])
      expect(html(content)).toBe(rendered)
    }),
    { numRuns: 300 },
  )
})

test('long texts, many marks and coloured code are rendered elsewhere (S-27)', async () => {
  expect(isHeavy('x'.repeat(4_001))).toBe(true)
  expect(isHeavy('*'.repeat(501))).toBe(true)
  expect(isHeavy('```js\nx\n```')).toBe(true)
  expect(isHeavy('```\nx\n```')).toBe(false)
  expect(isHeavy('x'.repeat(4_000))).toBe(false)

  const content = '**long** and @ann '.repeat(300)
  const rendered = await renderMarkdown(content)

  // In time it is what it would be here; on a crowded machine it stays plain, and still names whom it names.
  expect([renderMarkup(content, null).html, null]).toContain(rendered.html)
  expect(rendered.names).toEqual(['ann'])
})
