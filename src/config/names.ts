import { type About, abouts, type Key, settings } from './schema.ts'

/** One key, three spellings: `[smtp] url` or `smtp_url` in TOML, `WARREN_SMTP_URL`, `--smtp-url`. */
export interface Setting extends About {
  key: Key
  toml: string
  env: string
  /** Null for secrets: what is given as an argument can be read by every user of the machine. */
  flag: string | null
  /** As an operator would write it, or null when there is none. */
  fallback: string | null
}

export const listing: readonly Setting[] = Object.entries(settings.shape).map(([key, schema]) => {
  const about = abouts.get(schema) as About
  const toml = about.name ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const text: unknown = schema.def.defaultValue

  return {
    ...about,
    key: key as Key,
    toml,
    env: `WARREN_${toml.toUpperCase()}`,
    flag: about.secret ? null : toml.replaceAll('_', '-'),
    fallback: typeof text === 'string' && text !== '' ? text : null,
  }
})

/** The known name that a mistyped one most likely meant, if one is close. */
export function nearest(typed: string, known: readonly string[]): string | null {
  const scored = known.map((name) => ({ name, distance: distance(typed, name) }))
  const best = scored.sort((a, b) => a.distance - b.distance)[0]
  return best && best.distance <= Math.max(2, typed.length / 4) ? best.name : null
}

/** Levenshtein's: how many letters must be added, removed or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
