import type { Refusal } from '../errors.ts'
import type { Id } from '../ids.ts'

/** What may stand in a statement. Flags are 0 and 1, times are Unix milliseconds, JSON is text. */
export type Value = string | number | null | Uint8Array

/** A part of a chat's log: behind one rev, up to another. */
export type Span = readonly [chatId: Id<'chat'>, after: number, until: number]

/** A part of a statement that is not one value: made by `sql.list`, `sql.rows`, `sql.spans` or a word of the dialect. */
export interface Fragment {
  readonly values: readonly Value[]
  /** Of `sql.rows`. */
  readonly columns?: number
  readonly isSpans?: boolean
  readonly word?: string
}

/** Tables whose rows are locked by hand, in the order in which they must be locked (chats by ascending id). */
export type Lockable = 'invites' | 'users' | 'chats' | 'jobs'

/** The port: one statement in the overlap of both dialects; every integer comes back as a number. */
export interface Sql {
  <Row>(strings: TemplateStringsArray, ...values: (Value | Fragment)[]): Promise<Row[]>
  /** Holds the row until the write ends. Nothing on SQLite, where the writer is alone anyway. */
  lock(table: Lockable, id: string): Promise<void>
  /**
   * Holds all of these until the write ends, and answers with them; where several turns share a transaction, with those
   * that nobody else holds, for nobody may wait there for another's chat.
   */
  hold(table: 'chats', ids: readonly string[]): Promise<ReadonlySet<string>>
  /** After `limit` of a select: takes what nobody else holds, and holds it. Nothing on SQLite. */
  readonly skipLocked: Fragment
  /** `where id in ${sql.list(ids)}`: parentheses included, empty matches nothing. */
  list(values: readonly Value[]): Fragment
  /**
   * `from ${sql.rows(names)} as n`: texts as rows of one column, `n.column1`; some may come twice. Not empty. Lists of
   * texts, all of one length, are rows of several columns: `where (chat_id, id) in ${sql.rows(pairs)}`.
   */
  rows(values: readonly (string | readonly string[])[]): Fragment
  /** `where ${sql.spans(spans)}`: of one table with `chat_id` and `rev`, what lies in any of these; empty, nothing. */
  spans(values: readonly Span[]): Fragment
}

export interface WriteOptions {
  /** Writes of one chat run in the order in which they were asked for, and wait without holding a connection. */
  turn?: Id<'chat'>
}

/** The answer of a joint that has stored nothing for this input, because another holds its row: it is asked again. */
export const HELD = Symbol('held')

/**
 * Carries out several writes of one kind as one, those of a turn in their order: for each input its answer, or the
 * refusal of that one alone. What it throws is nobody's answer: nothing is stored, and each is carried out by itself.
 */
export type Joint<I, O> = (sql: Sql, inputs: readonly I[]) => Promise<(O | Refusal | typeof HELD)[]>

/**
 * Reads see what is committed. A write runs alone (SQLite) or in a transaction (PostgreSQL); when its promise
 * settles it is on disk, or nothing of it is. Refuses `unavailable` when the outcome is no or unknown.
 */
export interface Db {
  readonly dialect: 'sqlite' | 'postgres'
  /** Why the database is refused though it answers: it would forget what it acknowledged (C1). Null while all is well. */
  readonly trouble: string | null
  readonly read: Sql
  /**
   * Reads that go before all who wait: what a node asks for itself, now and then, lest much that is asked look like a
   * database that does not answer. For nobody else.
   */
  readonly ahead: Sql
  /** Several reads of one moment: all see the same commits. `work` may await only its own `sql`. */
  view<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  /** `work` may await only its own `sql`. A nested write throws. */
  write<T>(work: (sql: Sql) => Promise<T>, options?: WriteOptions): Promise<T>
  /**
   * A write that is carried out together with those of the same joint and turn that wait right behind it, and on
   * PostgreSQL with those of other turns: what all of them need is read and changed once. Settles like any other, in
   * the order asked for in its turn.
   */
  writeJointly<I, O>(joint: Joint<I, O>, input: I, turn: Id<'chat'>): Promise<O>
  close(): Promise<void>
}

/** What the roof holds: the port, and what only migrations and backups need. */
export interface OpenDb extends Db {
  /** A write that also runs scripts of several statements; on PostgreSQL alone among all nodes. */
  exclusive<T>(work: (sql: Sql, run: (script: string) => Promise<void>) => Promise<T>): Promise<T>
  /** A consistent copy into a file that must not exist. SQLite only. */
  snapshot(to: string): Promise<void>
}
