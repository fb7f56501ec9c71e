/** @jsxImportSource hono/jsx */
import { PasswordField } from '../Credentials.tsx'
import { Door } from '../Door.tsx'
import { Field, Refused } from '../Field.tsx'
import type { FormState, Ui } from '../Ui.ts'

export type NewAccountField = 'full_name' | 'email' | 'username' | 'password' | 'setup_token'

interface FieldsProps {
  ui: Ui
  form?: FormState<NewAccountField> | undefined
}

/** Who one is: the same four fields for the first person and for everybody after. */
const NewAccountFields = ({ ui, form = {} }: FieldsProps) => (
  <>
    <Field
      ui={ui}
      name="full_name"
      label={ui.t.field.fullName}
      form={form}
      autocomplete="name"
      maxlength={100}
      autofocus
    />
    <Field
      ui={ui}
      name="email"
      type="email"
      label={ui.t.field.email}
      form={form}
      autocomplete="email"
      required
    />
    <Field
      ui={ui}
      name="username"
      label={ui.t.field.username}
      hint={ui.t.field.usernameHint}
      form={form}
      autocomplete="username"
      maxlength={32}
      required
    />
    <PasswordField ui={ui} form={form} which="new" label={ui.t.field.password} />
  </>
)

interface SetUpProps extends FieldsProps {
  /** From another machine than the node's own the printed token is asked for. */
  needsToken: boolean
  /** The one that the link carries: whoever opened it has nothing to copy. */
  token?: string | undefined
}

/** The first page of an empty warren. */
export const SetUp = ({ ui, form, needsToken, token }: SetUpProps) => (
  <Door ui={ui} title={ui.t.setUp.title} heading={ui.t.setUp.heading} lead={ui.t.setUp.lead}>
    <form class="form" method="post" action="/setup">
      <NewAccountFields ui={ui} form={form} />
      {needsToken && (
        <Field
          ui={ui}
          name="setup_token"
          label={ui.t.field.setupToken}
          hint={ui.t.field.setupTokenHint}
          {...(form ? { form } : {})}
          value={token}
          autocomplete="off"
          required
        />
      )}
      <Refused ui={ui} form={form} />
      <button class="button primary wide" type="submit">
        {ui.t.setUp.submit}
      </button>
    </form>
  </Door>
)

interface RegisterProps extends FieldsProps {
  /** The code of an invite; none where everybody may register. */
  invite?: string
  invitedBy?: string
}

export const Register = ({ ui, form, invite, invitedBy }: RegisterProps) => {
  const { join } = ui.t
  const invited = invitedBy ? join.invitedBy(invitedBy) : join.invited
  return (
    <Door ui={ui} title={join.title} heading={join.heading} lead={invite ? invited : join.open}>
      <form class="form" method="post" action={invite ? `/join/${encodeURIComponent(invite)}` : '/register'}>
        <NewAccountFields ui={ui} form={form} />
        <Refused ui={ui} form={form} />
        <button class="button primary wide" type="submit">
          {join.submit}
        </button>
        <p class="small-text">
          <a class="link" href="/login">
            {join.haveAccount}
          </a>
        </p>
      </form>
    </Door>
  )
}

/** An invite that is spent, expired, revoked or was never there: nobody learns which. */
export const InviteGone = ({ ui }: Pick<FieldsProps, 'ui'>) => (
  <Door ui={ui} title={ui.t.join.title} heading={ui.t.join.gone} lead={ui.t.join.goneLead}>
    <a class="button wide" href="/login">
      {ui.t.join.haveAccount}
    </a>
  </Door>
)
