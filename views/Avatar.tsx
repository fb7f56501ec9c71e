/** @jsxImportSource hono/jsx */
import type { SenderWire } from '../src/accounts/index.ts'
import { hueOf, initialsOf } from './face.ts'

interface Props {
  person: Pick<SenderWire, 'id' | 'full_name' | 'username'>
  size?: 'tiny' | 'small' | 'large' | 'huge'
}

/** A person's door. It says nothing to a screen reader: the name stands beside it. */
export const Avatar = ({ person, size }: Props) => (
  <span class={`avatar hue-${hueOf(person.id)}${size ? ` ${size}` : ''}`} aria-hidden="true">
    <span class="letters">{initialsOf(nameOf(person))}</span>
  </span>
)

/** Who has no name has a username. */
export const nameOf = (person: Pick<SenderWire, 'full_name' | 'username'>): string =>
  person.full_name || person.username
