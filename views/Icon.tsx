/** @jsxImportSource hono/jsx */
import type { Ui } from './Ui.ts'

interface Props {
  ui: Pick<Ui, 'asset'>
  name: string
  small?: boolean
  /** Points along the line of text: turned round where that runs from right to left. */
  turns?: boolean
}

export const Icon = ({ ui, name, small, turns }: Props) => (
  <svg class={`icon${small ? ' small' : ''}${turns ? ' turns' : ''}`} aria-hidden="true">
    <use href={`${ui.asset('icons.svg')}#${name}`} />
  </svg>
)

export const Mark = ({ ui }: Pick<Props, 'ui'>) => (
  <svg class="mark" aria-hidden="true">
    <use href={`${ui.asset('icons.svg')}#mark`} />
  </svg>
)
