/** A part of JSON Schema as the documents have it. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema | boolean
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
}

/** A type as a person reads it: `"direct" | "group"`, `Message[]`, `string ≤ 80`. */
export function typeText(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) ?? ''
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const options = schema.anyOf ?? schema.oneOf
  if (options !== undefined) return options.map(typeText).join(' | ')
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeText({ ...schema, type })).join(' | ')
  return plainText(schema)
}

function plainText(schema: Schema): string {
  switch (schema.type) {
    case 'array':
      return listText(typeText(schema.items ?? {}))
    case 'object':
      return objectText(schema)
    case 'string':
      return FORMATS[schema.format ?? ''] ?? `string${lengthText(schema)}`
    case 'integer':
    case 'number':
      return `${schema.type}${rangeText(schema)}`
    default:
      return String(schema.type ?? 'any')
  }
}

const FORMATS: Record<string, string> = { uuid: 'id', 'date-time': 'time' }

const listText = (each: string): string => (each.includes(' | ') ? `(${each})[]` : `${each}[]`)

function objectText({ properties = {}, additionalProperties, required = [] }: Schema): string {
  const fields = Object.entries(properties).map(([name, schema]) => fieldText(name, schema, required))
  if (fields.length > 0) return `{${fields.join(', ')}}`
  return typeof additionalProperties === 'object' ? `{[id]: ${typeText(additionalProperties)}}` : '{}'
}

const fieldText = (name: string, schema: Schema, required: string[]): string =>
  `${name}${required.includes(name) ? '' : '?'}: ${typeText(schema)}`

function lengthText({ minLength = 0, maxLength }: Schema): string {
  if (maxLength === undefined) return ''
  return minLength > 0 ? ` ${minLength}–${maxLength}` : ` ≤ ${maxLength}`
}

/** A bound that is only that of all safe integers says nothing. */
function rangeText({
  minimum = -Number.MAX_SAFE_INTEGER,
  maximum = Number.MAX_SAFE_INTEGER,
}: Schema): string {
  const hasLeast = minimum > -Number.MAX_SAFE_INTEGER
  const hasMost = maximum < Number.MAX_SAFE_INTEGER
  if (hasLeast && hasMost) return ` ${minimum}–${maximum}`
  if (hasLeast) return ` ≥ ${minimum}`
  return hasMost ? ` ≤ ${maximum}` : ''
}
