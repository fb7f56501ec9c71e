import pino from 'pino'
import { describeError, hideSecrets } from './logged.ts'
import { traceNow } from './trace.ts'

export type Log = pino.Logger

/** `auto` is text for a person at a terminal and JSON for whatever collects logs. */
export type LogFormat = 'auto' | 'text' | 'json'

/**
 * Never a body, token, cookie or address of a person: what is logged are names, ids and numbers (S-66). What belongs to
 * a request carries its `request_id`, `trace_id` and `span_id`. `to` is where lines go: stdout.
 */
export function createLog(level: string, format: LogFormat = 'json', to?: pino.DestinationStream): Log {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // The library's own `redact` makes a line five times as dear.
    formatters: { level: (label) => ({ level: label }), log: hideSecrets },
    mixin: fieldsOfTrace,
    serializers: { err: describeError },
  }
  if (!isText(format)) return to === undefined ? pino(options) : pino(options, to)

  const stdout = to ?? pino.destination({ fd: 1, sync: true })
  return pino(options, { write: (line: string) => stdout.write(toText(line)) })
}

function fieldsOfTrace(): object {
  const trace = traceNow()
  if (trace === undefined) return {}
  const { requestId, traceId, spanId } = trace
  const ids = { trace_id: traceId, span_id: spanId }
  return requestId === null ? ids : { request_id: requestId, ...ids }
}

export const isText = (format: LogFormat): boolean =>
  format === 'text' || (format === 'auto' && process.stdout.isTTY === true)

/** One line of JSON as a person reads it: `12:30:01.123 info  listening url=http://…`. */
export function toText(line: string): string {
  const { time, level, msg, ...rest } = JSON.parse(line) as Record<string, unknown>
  const fields = Object.entries(rest).map(([name, value]) => ` ${visible(`${name}=${plain(value)}`)}`)
  return `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${visible(String(msg ?? ''))}${fields.join('')}\n`
}

const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** A name must not move the cursor or begin a line of its own (S-29). */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
