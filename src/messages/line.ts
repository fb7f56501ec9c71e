const lines = new Map<string, Promise<unknown>>()

/**
 * What was asked for first is stored first (C6), also when it takes longer to prepare: whoever names the same line
 * waits for those before. The place is taken at once, before anything is awaited; a refused one holds up nobody.
 * Who is quick and alone leaves no trace: others that are quick come after in any case.
 */
export function inLine<T>(line: string, isQuick: boolean, prepared: Promise<T>): Promise<T> {
  const before = lines.get(line)
  if (before === undefined && isQuick) return prepared
  const mine = before === undefined ? prepared : after(before, prepared)
  lines.set(line, mine)
  const leave = () => void (lines.get(line) === mine && lines.delete(line))
  void mine.then(leave, leave)
  return mine
}

async function after<T>(before: Promise<unknown>, prepared: Promise<T>): Promise<T> {
  const [own] = await Promise.allSettled([prepared, before])
  if (own.status === 'rejected') throw own.reason
  return own.value
}
