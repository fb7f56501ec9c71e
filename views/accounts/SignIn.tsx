/** @jsxImportSource hono/jsx */
import { EmailField, PasswordField } from '../Credentials.tsx'
import { Door } from '../Door.tsx'
import { Refused } from '../Field.tsx'
import { Icon } from '../Icon.tsx'
import type { FormState, Ui } from '../Ui.ts'

interface Props {
  ui: Ui
  form?: FormState<'email' | 'password'>
  /** Where to go once in: a path of ours. */
  next?: string
  /** What just happened, said above the form. */
  after?: 'reset' | 'verified' | 'signedOut' | 'ended'
  /** A right password, but an address not yet confirmed: the mail can be sent again. */
  isUnverified?: boolean
  isOpen: boolean
}

/** Who was not let in types the password again, most likely. */
const atPassword = (form: Props['form']): Props['form'] =>
  form?.refused && form.values?.email ? { focus: 'password', ...form } : form

export const SignIn = ({ ui, form: sent, next, after, isUnverified, isOpen }: Props) => {
  const form = atPassword(sent)
  return (
    <Door ui={ui} title={ui.t.signIn.title} heading={ui.t.signIn.heading}>
      {after && (
        <p class={after === 'ended' ? 'tag' : 'tag ok'} role="status">
          <Icon ui={ui} name={after === 'ended' ? 'alert' : 'check'} small />
          {ui.t.signIn.after[after]}
        </p>
      )}
      <form class="form" method="post" action="/login">
        {next && <input type="hidden" name="next" value={next} />}
        <EmailField ui={ui} form={form} autofocus />
        <PasswordField ui={ui} form={form} which="current" label={ui.t.field.password} />
        <Refused ui={ui} form={form} />
        <button class="button primary wide" type="submit">
          {ui.t.signIn.submit}
        </button>
        <p class="line small-text">
          <a class="link" href="/forgot-password">
            {ui.t.signIn.forgot}
          </a>
          {isOpen && (
            <a class="link" href="/register">
              {ui.t.signIn.register}
            </a>
          )}
        </p>
      </form>
      {isUnverified && (
        <form method="post" action="/resend-verification">
          <input type="hidden" name="email" value={form?.values?.email} />
          <button class="button wide" type="submit">
            {ui.t.signIn.resend}
          </button>
        </form>
      )}
    </Door>
  )
}
