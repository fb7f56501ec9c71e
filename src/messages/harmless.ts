/** All that a rendered message may ever hold (S-25, S-26). */
const ALLOWED: Record<string, string[]> = {
  a: ['href', 'target', 'rel'],
  blockquote: [],
  br: [],
  code: [],
  em: [],
  figcaption: [],
  figure: ['class'],
  i: [],
  li: [],
  ol: ['start'],
  p: [],
  pre: ['tabindex'],
  s: [],
  span: ['class', 'data-user'],
  strong: [],
  ul: [],
}
const CLASSES = ['mention', 'code', 'k', 's', 'n', 'f']
const SCHEME = /^(https?:\/\/|mailto:)/i

/** What a browser would find in this HTML that no message may hold; empty when it is harmless. */
export function harmIn(html: string): string[] {
  const harm: string[] = []
  const rewriter = new HTMLRewriter().on('*', {
    element(element) {
      const tag = element.tagName
      const allowed = ALLOWED[tag]
      if (allowed === undefined) harm.push(`<${tag}>`)
      for (const [name, value] of element.attributes) {
        if (!allowed?.includes(name)) harm.push(`${tag} ${name}`)
        if (name === 'href' && !SCHEME.test(value)) harm.push(`${tag} ${name}=${value}`)
        if (name === 'class' && !CLASSES.includes(value)) harm.push(`${tag} class=${value}`)
      }
      if (tag === 'a' && element.getAttribute('rel') !== 'noopener noreferrer nofollow')
        harm.push('a without rel')
    },
  })
  rewriter.onDocument({ comments: () => void harm.push('a comment') })
  const again = rewriter.transform(html)
  if (again !== html) harm.push('a parser reads it otherwise')
  return harm
}
