/** What a process did to the files of its folder, in order, as `shim.c` wrote it down. */
export interface Entry {
  /** Write, size, synced, failed sync, created, unlinked, renamed. */
  kind: 'W' | 'T' | 'S' | 'E' | 'C' | 'U' | 'R'
  /** Inside the folder; `.` is the folder. */
  path: string
  /** 0 where only names are changed. */
  inode: number
  /** Of a write: where. Of a size: how long. Of a sync: how many entries were there when it began. */
  offset: number
  /** What was written, or the new path. */
  data: Uint8Array
}

const HEAD = 32
const WITH_BYTES = new Set(['W', 'R'])

/** An entry that was cut off by the death of its process is not there: its call never came back. */
export function readJournal(bytes: Uint8Array): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = new TextDecoder()
  const entries: Entry[] = []
  for (let at = 0; at + HEAD <= bytes.length; ) {
    const kind = String.fromCharCode(view.getUint32(at, true)) as Entry['kind']
    const [inode, offset, length] = [8, 16, 24].map((field) => Number(view.getBigUint64(at + field, true)))
    const names = at + HEAD + view.getUint32(at + 4, true)
    const end = names + (WITH_BYTES.has(kind) ? (length as number) : 0)
    if (end > bytes.length) break
    entries.push({
      kind,
      path: text.decode(bytes.subarray(at + HEAD, names)),
      inode: inode as number,
      offset: offset as number,
      data: bytes.subarray(names, end),
    })
    at = end
  }
  return entries
}
