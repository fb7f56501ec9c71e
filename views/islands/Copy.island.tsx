/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks'

export interface CopyProps {
  text: string
  label: string
  /** Said once it is copied. */
  done: string
  icons: string
}

/** A button that only a running page has: a browser lets nobody else write to the clipboard. */
export function Copy({ text, label, done, icons }: CopyProps) {
  const [alive, setAlive] = useState(false)
  const [isCopied, setCopied] = useState(false)
  useEffect(() => setAlive(navigator.clipboard !== undefined), [])
  if (!alive) return null

  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <button class="button" type="button" onClick={() => void copy()}>
      <svg class="icon" aria-hidden="true">
        <use href={`${icons}#${isCopied ? 'check' : 'copy'}`} />
      </svg>
      <span aria-live="polite">{isCopied ? done : label}</span>
    </button>
  )
}
