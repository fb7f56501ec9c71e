// What an example says against what a node said.

/** Values that earlier answers showed, by name. */
export type Known = Map<string, unknown>

const ANY = '…'
const NAME = /\{(\w+)\}/g

/** Puts the values known into what is to be sent; a string that is nothing but a name becomes the value itself. */
export function filled(given: unknown, known: Known): unknown {
  if (typeof given === 'string') {
    const whole = wholeName(given)
    return whole === null ? filledText(given, known) : knownAs(whole, known)
  }
  if (Array.isArray(given)) return given.map((each) => filled(each, known))
  if (typeof given !== 'object' || given === null) return given
  const pairs = Object.entries(given).map(([key, value]) => [filledText(key, known), filled(value, known)])
  return Object.fromEntries(pairs)
}

export const filledText = (text: string, known: Known): string =>
  text.replaceAll(NAME, (_, name: string) => String(knownAs(name, known)))

const wholeName = (text: string): string | null => /^\{(\w+)\}$/.exec(text)?.[1] ?? null

function knownAs(name: string, known: Known): unknown {
  if (!known.has(name)) throw new Error(`{${name}} is not known yet`)
  return known.get(name)
}

/** Where `said` is not as the example has it, or null. A name that is not known yet is learned, if all else fits. */
export function difference(wanted: unknown, said: unknown, known: Known): string | null {
  const learned: Known = new Map(known)
  const fault = differs(wanted, said, learned, '')
  if (fault === null) for (const [name, value] of learned) known.set(name, value)
  return fault
}

function differs(wanted: unknown, said: unknown, known: Known, at: string): string | null {
  if (wanted === ANY) return said === undefined ? `${at}: nothing is there` : null
  if (typeof wanted === 'string') return differsInText(wanted, said, known, at)
  if (Array.isArray(wanted)) return differsInList(wanted, said, known, at)
  if (typeof wanted === 'object' && wanted !== null)
    return differsInFields(wanted as Record<string, unknown>, said, known, at)
  return Object.is(wanted, said) ? null : `${at}: ${JSON.stringify(said)}, not ${JSON.stringify(wanted)}`
}

function differsInText(wanted: string, said: unknown, known: Known, at: string): string | null {
  const name = wholeName(wanted)
  if (name !== null && !known.has(name)) {
    if (said === undefined || said === null || said === '') return `${at}: nothing to call ${name}`
    known.set(name, said)
    return null
  }
  const value = filled(wanted, known)
  return Object.is(value, said) ? null : `${at}: ${JSON.stringify(said)}, not ${JSON.stringify(value)}`
}

function differsInList(wanted: unknown[], said: unknown, known: Known, at: string): string | null {
  if (!Array.isArray(said)) return `${at}: no list`
  const isOpen = wanted.at(-1) === ANY
  const shown = isOpen ? wanted.slice(0, -1) : wanted
  if (isOpen ? said.length < shown.length : said.length !== shown.length)
    return `${at}: ${said.length} of them`
  return first(shown.map((each, index) => () => differs(each, said[index], known, `${at}[${index}]`)))
}

function differsInFields(
  wanted: Record<string, unknown>,
  said: unknown,
  known: Known,
  at: string,
): string | null {
  if (typeof said !== 'object' || said === null) return `${at}: ${JSON.stringify(said)} is no object`
  const fields = Object.entries(wanted).filter(([key]) => key !== ANY)
  const keys = fields.map(([key]) => filledText(key, known))
  const others = Object.keys(said).filter((key) => !keys.includes(key))
  if (!Object.hasOwn(wanted, ANY) && others.length > 0) return `${at}: also has ${others.join(', ')}`
  const inside = said as Record<string, unknown>
  return first(
    fields.map(
      ([, value], index) =>
        () =>
          differs(value, inside[keys[index] ?? ''], known, `${at}.${keys[index]}`),
    ),
  )
}

function first(checks: (() => string | null)[]): string | null {
  for (const check of checks) {
    const fault = check()
    if (fault !== null) return fault
  }
  return null
}
