/** A person at a browser without JavaScript: keeps cookies, follows redirects, reads pages. */
export interface Visitor {
  get(path: string, headers?: Record<string, string>): Promise<Visit>
  post(
    path: string,
    fields?: Record<string, string | string[]>,
    headers?: Record<string, string>,
  ): Promise<Visit>
  cookies: Map<string, string>
}

export interface Visit {
  status: number
  /** Where it ended, after all redirects. */
  path: string
  html: string
  headers: Headers
}

export function openVisitor(url: string, language = 'en'): Visitor {
  const cookies = new Map<string, string>()
  const visit = async (path: string, init: RequestInit): Promise<Visit> => {
    const headers = new Headers(init.headers)
    headers.set('accept-language', language)
    headers.set('sec-fetch-site', 'same-origin')
    if (cookies.size > 0) headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '))
    const answer = await fetch(new URL(path, url), { ...init, headers, redirect: 'manual' })
    for (const cookie of answer.headers.getSetCookie()) keep(cookies, cookie)
    const location = answer.headers.get('location')
    if (answer.status === 303 && location !== null) return visit(location, {})
    return { status: answer.status, path, html: await answer.text(), headers: answer.headers }
  }
  return {
    cookies,
    get: (path, headers = {}) => visit(path, { headers }),
    post: (path, fields = {}, headers = {}) => {
      const body = new URLSearchParams()
      for (const [name, value] of Object.entries(fields))
        for (const one of [value].flat()) body.append(name, one)
      return visit(path, { method: 'POST', body, headers })
    },
  }
}

function keep(cookies: Map<string, string>, cookie: string): void {
  const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=')
  if (/max-age=0/i.test(cookie)) cookies.delete(name)
  else cookies.set(name, value)
}
