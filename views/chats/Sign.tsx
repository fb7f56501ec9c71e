/** @jsxImportSource hono/jsx */
import type { ChatWire } from '../../src/chats/index.ts'
import { Avatar } from '../Avatar.tsx'
import { Icon } from '../Icon.tsx'
import type { Ui } from '../Ui.ts'
import { signOf } from './naming.ts'

/** What a chat is known by at a glance: the other's face, or its sign. */
export const Sign = ({ ui, chat }: { ui: Ui; chat: ChatWire }) => {
  const face = chat.kind === 'direct' ? chat.faces?.[0] : undefined
  return face ? (
    <Avatar person={face} size="huge" />
  ) : (
    <span class="listing-sign">
      <Icon ui={ui} name={signOf(chat)} />
    </span>
  )
}
