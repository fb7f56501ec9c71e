/** @jsxImportSource preact */
import { useState } from 'preact/hooks'
import { useLazy } from './useLazy.ts'
import { useShortcuts } from './useShortcuts.ts'

/** The keys of the page, and the quick switcher that one of them opens. */
export function Jump() {
  const [isOpen, setOpen] = useState(false)
  useShortcuts(() => setOpen(true))
  const close = (): void => setOpen(false)
  const Switcher = useLazy(isOpen, async () => (await import('./Switcher.tsx')).Switcher, close)
  return isOpen && Switcher !== null ? <Switcher onClose={close} /> : null
}
