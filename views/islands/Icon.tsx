/** @jsxImportSource preact */
import { useHere } from './place.ts'

interface Props {
  name: string
  small?: boolean
  /** Mirrored where text runs from the right. */
  turns?: boolean
}

export function Icon({ name, small = false, turns = false }: Props) {
  const { place } = useHere()
  return (
    <svg class={`icon${small ? ' small' : ''}${turns ? ' turns' : ''}`} aria-hidden="true">
      <use href={`${place.icons}#${name}`} />
    </svg>
  )
}
