/**
 * Tells the other nodes what this one tells its own sockets. It may lose packets and never says so: revs, the sweep
 * and the digest find what was lost. Nothing is kept for whoever was not listening.
 */
export interface Relay {
  /** False when nobody else can hear: what is told need not be encoded then. */
  readonly isShared: boolean
  /** False while our own words do not come back: then others' don't come either. */
  readonly isHealthy: boolean
  /** Called at each change of it. */
  onHealth(changed: (isHealthy: boolean) => void): void
  /**
   * Packets under one key (a chat's id, a user's) reach each other node in the order of these calls, or not at all.
   * One line of text without a line break. Never throws and never waits.
   */
  send(key: string, packet: string): void
  /** Hears every packet of the others, none of its own. Called once, before anything is sent. */
  listen(hear: (packet: string) => void): void
  close(): Promise<void>
}
