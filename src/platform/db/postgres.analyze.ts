import type { Db } from './db.ts'

const EVERY_MS = 2000

/**
 * PostgreSQL plans by what a table was when it last looked, and looks by itself once a minute. A new installation under
 * load would go through its largest chat for each send until then, for a plan that is made for empty tables is kept: so
 * each time a small one has doubled since it was last looked at, it is looked at here. What is only changed all the time is
 * left alone: each look makes all nodes plan anew. Any node may do it, and two at once do it once. Returns its end.
 */
export function keepAnalyzed(db: Db, everyMs = EVERY_MS): () => void {
  let isBusy = false
  const look = async (): Promise<void> => {
    if (isBusy) return
    isBusy = true
    // What fails here is done by the server itself, later.
    await analyzeGrown(db).catch(() => {})
    isBusy = false
  }
  const timer = setInterval(() => void look(), everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** Of large tables the server's own look, after each tenth more, comes soon enough. */
export const analyzeGrown = (db: Db): Promise<unknown> => db.read`
  do $$
  declare grown record;
  begin
    for grown in
      select s.schemaname, s.relname from pg_stat_user_tables s join pg_class c on c.oid = s.relid
      where s.schemaname = current_schema and c.reltuples < 100000
        and s.n_live_tup > 2 * greatest(c.reltuples, 250)
    loop
      execute format('analyze (skip_locked) %I.%I', grown.schemaname, grown.relname);
    end loop;
  end $$`
