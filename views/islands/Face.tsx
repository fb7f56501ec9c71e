/** @jsxImportSource preact */
import { presence } from '../../src/client/store.ts'
import type { SenderWire } from '../../src/client/wire.ts'
import { hueOf, initialsOf } from '../face.ts'
import { nameOf } from './person.ts'
import { useHere } from './place.ts'

interface Props {
  person: SenderWire | null
  size?: 'small' | 'tiny' | ''
  /** Shows whether they are here. */
  here?: boolean
}

/** A person's face. It says nothing to a screen reader: the name stands beside it. */
export function Face({ person, size = '', here = false }: Props) {
  const { alive } = useHere()
  const state = alive && here ? presence.value.get(person?.id ?? '') : undefined
  const look = `avatar hue-${hueOf(person?.id ?? '')}${size === '' ? '' : ` ${size}`}`
  return (
    <span class={look} aria-hidden="true">
      {person?.avatar_url ? (
        <img src={person.avatar_url} alt="" width="48" height="48" />
      ) : (
        <span class="letters">{initialsOf(nameOf(person))}</span>
      )}
      {state !== undefined && <span class={`presence ${state === 'dnd' ? 'busy' : state}`} />}
    </span>
  )
}
