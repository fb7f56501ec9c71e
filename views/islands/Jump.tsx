/** @jsxImportSource preact */
import { useState } from 'preact/hooks'
import { useLazy } from './useLazy.ts'
import { useShortcuts } from './useShortcuts.ts'

/** The keys of the page, and what two of them open: the quick switcher, and the list of all keys. */
export function Jump() {
  const [open, setOpen] = useState<'switcher' | 'keys' | null>(null)
  useShortcuts(setOpen)
  const close = (): void => setOpen(null)
  const Switcher = useLazy(open === 'switcher', async () => (await import('./Switcher.tsx')).Switcher, close)
  const Keys = useLazy(open === 'keys', async () => (await import('./Keys.tsx')).Keys, close)
  if (open === 'switcher') return Switcher && <Switcher onClose={close} />
  return open === 'keys' ? Keys && <Keys onClose={close} /> : null
}
