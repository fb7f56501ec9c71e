/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'
import { go } from './islands/go.ts'

interface Props {
  to: string
  class?: string
  'aria-label'?: string
  'aria-current'?: 'page'
  children: Child
}

/** A link between screens of the app. Without JavaScript it is a plain one; history works, back and forward too. */
export const Go = ({ to, children, ...rest }: Props) => (
  <a {...go(to)} {...rest}>
    {children}
  </a>
)
