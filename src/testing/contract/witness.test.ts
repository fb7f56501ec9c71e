import { expect, test } from 'bun:test'
import { z } from 'zod'
import { ann, general, message } from '../sample.ts'
import { faultOf, strict } from './strict.ts'
import { witnessAnswer, witnessFrame } from './witness.ts'

const said = (path: string, body: unknown, status = 200) =>
  witnessAnswer({ method: 'GET', path, status, type: 'application/json', body })

test('a field that the schema does not name is a fault, however deep it lies', () => {
  const schema = strict(
    z.object({
      list: z.array(z.object({ a: z.int().nullable() }).nullable()).max(1),
      one: z.union([z.object({}), z.int()]),
    }),
  )

  expect(faultOf(schema, { list: [{ a: null }], one: {} })).toBeNull()
  expect(faultOf(schema, { list: [{ a: null, hash: 'x' }], one: 1 })).toContain('"hash"')
  expect(faultOf(schema, { list: [null], one: { hash: 'x' } })).toContain('one')
  expect(faultOf(schema, { list: [null, null], one: 1 })).not.toBeNull()
})

test('an answer with a field more, a field less, or of an unknown route is refused', () => {
  const less = { ...ann, email: undefined }
  said('/api/auth/me', { user: ann })
  said('/api/auth/me/?x=1', { user: ann })

  expect(() => said('/api/auth/me', { user: { ...ann, password_hash: 'x' } })).toThrow('password_hash')
  expect(() => said('/api/auth/me', { user: less })).toThrow('email')
  expect(() => said('/api/nothing', {})).toThrow('no such route')
  expect(() => said('/api/auth/me', { user: ann }, 201)).toThrow('no such status')
  expect(() => said('/api/auth/me', { code: 'not_found' }, 404)).toThrow('problem+json')
})

test('a frame that is not what its type says is refused', () => {
  const data = message('tea', ann)
  const { id, username, full_name, avatar_url } = ann
  const sender = { id, username, full_name, avatar_url }
  witnessFrame({ type: 'new_message', data: { ...data, sender } })
  witnessFrame({ type: 'ack', data: { chat: general }, ref: 1 } as never)

  expect(() => witnessFrame({ type: 'new_message', data })).toThrow('email')
  expect(() => witnessFrame({ type: 'gossip', data: {} })).toThrow('no such frame')
  expect(() => witnessFrame({ type: 'ack', ref: 1, data: { said: 1 } } as never, 'typing')).toThrow('said')
})
