/** @jsxImportSource hono/jsx */
import type { ChatWire } from '../../src/chats/index.ts'
import { Field, Refused } from '../Field.tsx'
import { send, sendHere } from '../links.ts'
import type { FormState, Ui } from '../Ui.ts'
import { Visibility } from './CreateChat.tsx'
import { chatName } from './naming.ts'
import { Panel } from './Panel.tsx'

interface Props {
  ui: Ui
  chat: ChatWire
  /** Its owner, or the server's. */
  mayDelete: boolean
  form?: FormState<'name' | 'topic'>
  /** Why archiving or deleting was refused. */
  refused?: { what: 'archive' | 'delete'; form: FormState }
}

/** What a chat's admin may change. */
export const ChatSettings = (props: Props) => {
  const { ui, chat, mayDelete } = props
  return (
    <Panel ui={ui} title={ui.t.chatSettings.title} chat={chat} back={`/chats/${chat.id}/about`}>
      {chat.archived_at === null && <Change {...props} />}
      <Archive {...props} />
      {mayDelete && <Delete {...props} />}
    </Panel>
  )
}

const Change = ({ ui, chat, form }: Props) => (
  <form class="form panel-part" {...send(`/chats/${chat.id}/settings`, 'chat-settings')}>
    <Field
      ui={ui}
      name="name"
      label={ui.t.chatSettings.name}
      value={chat.name ?? ''}
      {...(form ? { form } : {})}
      {...(chat.kind === 'channel' ? { required: true } : { note: ui.t.optional })}
      autocomplete="off"
      maxlength={80}
    />
    <Field
      ui={ui}
      name="topic"
      label={ui.t.create.topic}
      hint={ui.t.create.topicHint}
      value={chat.topic}
      {...(form ? { form } : {})}
      autocomplete="off"
      maxlength={250}
    />
    {chat.kind === 'channel' && <Visibility ui={ui} chosen={chat.visibility} />}
    <Refused ui={ui} form={form} />
    <div class="line">
      <button class="button primary" type="submit">
        {ui.t.save}
      </button>
    </div>
  </form>
)

const Archive = ({ ui, chat, refused }: Props) => {
  const word = chat.archived_at === null ? 'archive' : 'unarchive'
  return (
    <form class="form panel-part" {...sendHere(`/chats/${chat.id}/${word}`, 'archive')}>
      <p class="small-text faint">{ui.t.chatSettings[`${word}Lead`]}</p>
      {refused?.what === 'archive' && <Refused ui={ui} form={refused.form} />}
      <div class="line">
        <button class="button" type="submit">
          {ui.t.chatSettings[word]}
        </button>
      </div>
    </form>
  )
}

/** A box to tick and then a button: it works without JavaScript and is no accident. */
const Delete = ({ ui, chat, refused }: Props) => {
  const name = chatName(ui, chat)
  return (
    <form class="form panel-part" {...send(`/chats/${chat.id}/delete`, 'delete-chat')}>
      <p class="small-text faint">{ui.t.chatSettings.deleteLead}</p>
      <label class="check">
        <input type="checkbox" name="sure" value="yes" required />
        <span dir="auto">{ui.t.chatSettings.deleteCheck(name)}</span>
      </label>
      {refused?.what === 'delete' && <Refused ui={ui} form={refused.form} />}
      <div class="line">
        <button class="button danger" type="submit">
          {ui.t.chatSettings.delete}
        </button>
      </div>
    </form>
  )
}
