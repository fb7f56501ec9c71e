import { z } from 'zod'

/** The same schema with every object in it shut: a field that it doesn't name is a fault (S-19). */
export function strict(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) return strictObject(schema)
  if (schema instanceof z.ZodArray) return atMost(z.array(strict(inner(schema.element))), schema)
  if (schema instanceof z.ZodNullable) return strict(inner(schema.unwrap())).nullable()
  if (schema instanceof z.ZodOptional) return strict(inner(schema.unwrap())).optional()
  if (schema instanceof z.ZodUnion) return z.union(schema.options.map((option) => strict(inner(option))))
  if (schema instanceof z.ZodRecord)
    return z.record(schema.keyType as z.ZodString, strict(inner(schema.valueType)))
  return schema
}

/** A loose object says that anything may stand beside its fields, and is believed. */
function strictObject(schema: z.ZodObject): z.ZodType {
  const { catchall } = schema.def
  if (catchall !== undefined && !(catchall instanceof z.ZodNever)) return schema
  const fields = Object.entries(schema.shape).map(([name, field]) => [name, strict(inner(field))])
  return z.strictObject(Object.fromEntries(fields))
}

/** What an array is checked for beside its elements is kept. */
const atMost = (array: z.ZodArray, { def }: z.ZodArray): z.ZodType =>
  def.checks === undefined ? array : array.check(...(def.checks as z.core.$ZodCheck<unknown[]>[]))

const inner = (schema: z.core.$ZodType): z.ZodType => schema as z.ZodType

/** What is wrong with a value, in a line; null when nothing is. */
export function faultOf(schema: z.ZodType, value: unknown): string | null {
  const { error } = schema.safeParse(value)
  return error === undefined ? null : z.prettifyError(error).replaceAll('\n', ' ')
}
