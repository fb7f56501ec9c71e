import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { encodeAnswer, encodeFrame } from './encode.ts'
import { ackFrame } from './frames.ts'

const object = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true })

test('an answer is the same JSON, whether what it holds was told before or not', () => {
  fc.assert(
    fc.property(object, object, fc.string(), (told, answer, name) => {
      const fresh = { ...answer, none: undefined, [name]: structuredClone(told) }
      const held = { ...answer, none: undefined, [name]: told }
      const frame = encodeFrame({ type: 'new_message', data: told })

      expect(frame).toBe(JSON.stringify({ type: 'new_message', data: told }))
      expect(encodeAnswer(held)).toBe(JSON.stringify(held))
      expect(encodeAnswer(fresh)).toBe(JSON.stringify(fresh))
    }),
    { numRuns: 500 },
  )
})

test('what was told is not encoded again', () => {
  let encodings = 0
  const message = {
    toJSON() {
      encodings++
      return { seq: 1 }
    },
  }
  encodeFrame({ type: 'new_message', data: message })

  expect(ackFrame('a"b', { message })).toBe('{"type":"ack","ref":"a\\"b","data":{"message":{"seq":1}}}')
  expect(encodings).toBe(1)
})
