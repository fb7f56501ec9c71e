import { traceparentOf, within } from '../trace.ts'
import { noteAnswer } from './access.ts'
import type { Asker } from './asker.ts'
import { compressPage } from './compress.ts'
import { type Responding, respond } from './respond.ts'

/** One request from its first line to its note in the log; undefined when it became a socket. Never rejects. */
export const answer = (parts: Responding, request: Request, asker: Asker): Promise<Response | undefined> =>
  within(asker.trace, async () => {
    const began = performance.now()
    const response = await respond(parts, request, asker)
    response?.headers.set('Traceresponse', traceparentOf(asker.trace))
    const sent = response && (await compressPage(request, response))
    const { method } = request
    noteAnswer(parts.realtime.desk.app, { asker, method, status: sent?.status ?? 101, began })
    return sent
  })
