/** Counts rows and adds up their hashes: equal for the same rows in any order, on either engine. */
export interface Sum {
  add(line: string): void
  readonly rows: number
  /** 64 hexadecimal digits. */
  digest(): string
}

/** The SHA-256 of each row's line of JSON, added in lanes of 32 bits: engines give rows back in different orders. */
export function newSum(): Sum {
  const lanes = new Uint32Array(8)
  const hash = new Uint8Array(32)
  const words = new Uint32Array(hash.buffer)
  let rows = 0
  return {
    add(line) {
      Bun.SHA256.hash(line, hash)
      for (let i = 0; i < 8; i++) lanes[i] = (lanes[i] ?? 0) + (words[i] ?? 0)
      rows++
    },
    get rows() {
      return rows
    },
    digest: () => Buffer.from(lanes.buffer).toString('hex'),
  }
}

/** What a table holds, for comparing two sides. */
export interface Contents {
  rows: number
  sum: string
}

export const contentsOf = (sum: Sum): Contents => ({ rows: sum.rows, sum: sum.digest() })
