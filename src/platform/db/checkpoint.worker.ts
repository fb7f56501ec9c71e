import { Database } from 'bun:sqlite'

// Copies committed pages from the log into the database on a thread of its own: commits go on meanwhile.
declare const self: Worker

self.onmessage = ({ data: path }: MessageEvent<string>) => {
  const connection = new Database(path, { create: false, readwrite: true })
  try {
    connection.run('pragma synchronous = full')
    connection.run('pragma wal_checkpoint(passive)')
  } finally {
    connection.close()
  }
  self.postMessage('done')
}
