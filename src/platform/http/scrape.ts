import { refuse } from '../errors.ts'
import { requireAsking } from './health.ts'

/** What `/metrics` answers with: Prometheus' text. */
export type Exposition = () => Promise<string>

/** As Prometheus 2 and 3 ask for it. */
const TEXT = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * `/metrics` on the public listener: to whom is no operator there is no such thing. Refuses `not_found` `route`, and
 * `invalid` `method_not_allowed`.
 */
export async function respondScrape(
  { method }: Request,
  isOperator: boolean,
  expose: Exposition,
): Promise<Response> {
  if (!isOperator) refuse('not_found', 'route')
  requireAsking(method)
  return exposed(expose)
}

export const exposed = async (expose: Exposition): Promise<Response> =>
  new Response(await expose(), { headers: { 'Content-Type': TEXT } })
