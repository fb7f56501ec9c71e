import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Entry, Shelf } from './outbox.ts'

interface Kept extends DBSchema {
  outbox: { key: string; value: Entry; indexes: { user: string } }
}

/** The outbox in IndexedDB, so that it outlives the tab. One person's entries never reach another's page. */
export function openShelf(userId: string): Shelf {
  let opened: Promise<IDBPDatabase<Kept>> | null = null
  const db = (): Promise<IDBPDatabase<Kept>> => {
    opened ??= openDB<Kept>('warren', 1, {
      upgrade: (fresh) =>
        fresh.createObjectStore('outbox', { keyPath: 'client_id' }).createIndex('user', 'user_id'),
    })
    opened.catch(() => {
      opened = null // a browser that forbids it now may allow it later
    })
    return opened
  }
  return {
    all: async () => (await db()).getAllFromIndex('outbox', 'user', userId),
    put: async (entry) => {
      const kept = (await db()).transaction('outbox', 'readwrite')
      await kept.store.put({ ...entry, state: entry.state === 'sending' ? 'queued' : entry.state })
      await kept.done
    },
    remove: async (clientId) => (await db()).delete('outbox', clientId),
  }
}
