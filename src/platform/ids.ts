declare const kind: unique symbol

/** A UUIDv7 in text that says what it names, so that a user's id can't stand in for a chat's. */
export type Id<Kind extends string> = string & { readonly [kind]: Kind }

/** Ids made by this process ascend, also within one millisecond. */
export const newId = <Kind extends string>(): Id<Kind> => Bun.randomUUIDv7() as Id<Kind>

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const isUuid = (text: string): boolean => UUID.test(text)
