/** Small facts that expire and may be lost: socket tickets, presence. */
export interface Kv {
  set(key: string, value: string, ttlMs: number): Promise<void>
  get(key: string): Promise<string | null>
  /** Reads and forgets in one step: of many takers at once exactly one gets the value. */
  take(key: string): Promise<string | null>
  delete(key: string): Promise<void>
}
