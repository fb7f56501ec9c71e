/** @jsxImportSource hono/jsx */
import type { ChatWire } from '../../src/chats/index.ts'
import { Go } from '../Go.tsx'
import { Icon } from '../Icon.tsx'
import { Burrow } from '../Scene.tsx'
import type { Ui } from '../Ui.ts'
import { chatName, isAdmin, kindName } from './naming.ts'

interface Props {
  ui: Ui
  chat: ChatWire
  /** Whether this person may bring new people into the warren. */
  mayInvite: boolean
}

/** A chat in which nothing was said: what it is, and what can be done first. It is gone with the first message. */
export const Beginning = ({ ui, chat, mayInvite }: Props) => {
  const t = ui.t.beginning
  const isRoom = chat.kind !== 'direct'
  return (
    <section class="beginning">
      <div class="empty">
        <Burrow />
        <h2 dir="auto">{t.heading(chatName(ui, chat))}</h2>
        <p>
          {isRoom && `${kindName(ui, chat)}. `}
          {isRoom && chat.member_count === 1 && `${t.alone} `}
          {t.lead}
        </p>
        {isRoom && chat.archived_at === null && <Steps ui={ui} chat={chat} mayInvite={mayInvite} />}
      </div>
    </section>
  )
}

const Steps = ({ ui, chat, mayInvite }: Props) => {
  const t = ui.t.beginning
  const at = `/chats/${chat.id}`
  return (
    <div class="steps">
      {mayInvite && <Step ui={ui} icon="link" to={`/people/invites?chat=${chat.id}`} what={t.invite} />}
      {(chat.kind === 'group' || isAdmin(chat)) && (
        <Step ui={ui} icon="people" to={`${at}/members`} what={t.add} />
      )}
      {isAdmin(chat) && chat.topic === '' && (
        <Step ui={ui} icon="edit" to={`${at}/settings`} what={t.topic} />
      )}
    </div>
  )
}

interface StepProps {
  ui: Ui
  icon: string
  to: string
  what: { title: string; how: string }
}

const Step = ({ ui, icon, to, what }: StepProps) => (
  <Go class="step" to={to}>
    <Icon ui={ui} name={icon} />
    <b>{what.title}</b>
    <span>{what.how}</span>
  </Go>
)
