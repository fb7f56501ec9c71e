/** What htmx tells of a request, as far as it is read here. */
interface Asked {
  target: Element | null
  request: { method: string; abort?(): void }
}

/**
 * Whoever goes on before a screen has come wants the second one: what was asked before it is given up, so that an
 * answer that was slow does not take the place of the later one. A form is not: the server may have done it already.
 */
export function keepLastWish(): () => void {
  let going: Asked | null = null
  const replace = (event: Event): void => {
    const { ctx } = (event as CustomEvent<{ ctx: Asked }>).detail
    if (ctx.target?.id !== 'app' || ctx.request.method !== 'GET') return
    going?.request.abort?.()
    going = ctx
  }
  document.addEventListener('htmx:before:request', replace)
  return () => document.removeEventListener('htmx:before:request', replace)
}
