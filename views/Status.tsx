/** @jsxImportSource hono/jsx */
import type { UserWire } from '../src/accounts/index.ts'

interface Props {
  of: Pick<UserWire, 'status_emoji' | 'status_text'> | undefined
}

/** Beside a name the sign of a status alone; what it says is there for who points at it. */
export const StatusSign = ({ of }: Props) =>
  of?.status_emoji ? (
    <span class="emoji status-sign" {...(of.status_text ? { title: of.status_text } : {})}>
      {of.status_emoji}
    </span>
  ) : null
