/** Three questions a supervisor asks. Null for every other path. Needs no session and no proof. */
export interface Health {
  /** Why the node can't serve at the moment (`draining`, `database`), null when it can. */
  notReady(): Promise<string | null>
}

export async function respondHealth(pathname: string, health: Health): Promise<Response | null> {
  switch (pathname.replace(/(?<=.)\/$/, '')) {
    case '/healthz':
      return json(200, { status: 'ok' })
    case '/readyz':
    case '/up':
      return ready(await health.notReady())
    default:
      return null
  }
}

const ready = (why: string | null): Response =>
  why === null
    ? json(200, { status: 'ready' })
    : json(503, { status: 'not_ready', reason: why }, { 'Retry-After': '1' })

const json = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } })
