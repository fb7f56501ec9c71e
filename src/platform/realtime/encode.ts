import type { ServerFrame } from './bus.ts'

const told = new WeakMap<object, string>()

/** What is told to others and answered to its sender is encoded once: it does not change any more. */
export function encodeFrame({ type, data }: ServerFrame): string {
  const text = JSON.stringify(data)
  told.set(data, text)
  return `{"type":${JSON.stringify(type)},"data":${text}}`
}

/** The same as `JSON.stringify`, of an object that may hold what was told. */
export function encodeAnswer(answer: object): string {
  let text = ''
  for (const [name, value] of Object.entries(answer)) {
    const encoded = encodeValue(value)
    if (encoded !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${encoded}`
  }
  return `{${text}}`
}

const encodeValue = (value: unknown): string | undefined =>
  (typeof value === 'object' && value !== null ? told.get(value) : undefined) ?? JSON.stringify(value)
