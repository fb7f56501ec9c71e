declare global {
  interface Window {
    htmx?: {
      process(element: Element): void
      ajax(method: string, path: string, how: object): Promise<void>
    }
  }
}

/** Makes links alive that an island has drawn: htmx sees only what came with the page. */
export const wireLinks = (inside: Element): void => window.htmx?.process(inside)

/** Goes to another screen as a link of the page would, with the attributes that such a link carries. */
export function visit(link: Record<string, string>): void {
  if (window.htmx === undefined) return location.assign(link.href ?? '/')
  const anchor = document.createElement('a')
  for (const [name, value] of Object.entries(link)) anchor.setAttribute(name, value)
  anchor.hidden = true
  document.body.append(anchor)
  wireLinks(anchor)
  anchor.click()
  anchor.remove()
}
