import { FEW, newSpread, note, noteSince, SECONDS, type Spread } from './spread.ts'

/** What a database engine tells of its work, in plain calls that cost nothing worth counting. Times are `performance.now()`. */
export interface DbMeter {
  /** One statement outside of a write has been answered. */
  read(began: number): void
  /** `writes` of one transaction are on disk; the commit itself began at `commitBegan`. Called before they are told. */
  committed(writes: number, began: number, commitBegan: number): void
  /** A transaction whose outcome is no or unknown. */
  lost(): void
  /** Connections by what they are for; kept up by the engine. */
  readonly pools: { readonly reads: PoolUse; readonly writes: PoolUse }
}

export interface PoolUse {
  /** Connections at most; 0 where there is no pool. */
  size: number
  /** Statements or transactions that have a connection or wait for one. */
  asked: number
}

export interface DbCounts {
  readonly reads: Spread
  readonly transactions: Spread
  readonly commits: Spread
  readonly batches: Spread
  lost: number
  readonly pools: DbMeter['pools']
}

export const newDbCounts = (): DbCounts => ({
  reads: newSpread(SECONDS),
  transactions: newSpread(SECONDS),
  commits: newSpread(SECONDS),
  batches: newSpread(FEW),
  lost: 0,
  pools: { reads: { size: 0, asked: 0 }, writes: { size: 0, asked: 0 } },
})

/** `onCommit` is called once for each transaction, before what it stored is told. */
export const createDbMeter = (counts: DbCounts, onCommit: (at: number) => void): DbMeter => ({
  pools: counts.pools,
  read: (began) => noteSince(counts.reads, began),
  committed: (writes, began, commitBegan) => {
    const now = performance.now()
    note(counts.batches, writes)
    note(counts.transactions, (now - began) / 1000)
    note(counts.commits, (now - commitBegan) / 1000)
    onCommit(now)
  },
  lost: () => {
    counts.lost++
  },
})
