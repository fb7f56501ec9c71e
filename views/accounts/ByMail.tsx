/** @jsxImportSource hono/jsx */
import { EmailField, PasswordField } from '../Credentials.tsx'
import { Door } from '../Door.tsx'
import { Refused } from '../Field.tsx'
import type { FormState, Ui } from '../Ui.ts'

const BackToSignIn = ({ ui }: { ui: Ui }) => (
  <p class="small-text">
    <a class="link" href="/login">
      {ui.t.mailbox.backToSignIn}
    </a>
  </p>
)

interface MailboxProps {
  ui: Ui
  email: string
  /** What was sent there. The words are the same whether there is such an account. */
  sent: 'verify' | 'forgot'
}

/** Says where to look, and offers to send once more. */
export const CheckYourMail = ({ ui, email, sent }: MailboxProps) => (
  <Door ui={ui} title={ui.t.mailbox.title} heading={ui.t.mailbox.heading} lead={ui.t.mailbox[sent](email)}>
    <p class="faint">{ui.t.mailbox.nothing}</p>
    <form class="form" method="post" action={sent === 'verify' ? '/resend-verification' : '/forgot-password'}>
      <input type="hidden" name="email" value={email} />
      <button class="button wide" type="submit">
        {ui.t.mailbox.again}
      </button>
      <BackToSignIn ui={ui} />
    </form>
  </Door>
)

interface TokenProps {
  ui: Ui
  token: string
  form?: FormState
}

/** A button, because programs that look into mail open every link: a GET must spend nothing. */
export const VerifyEmail = ({ ui, token, form }: TokenProps) => (
  <Door ui={ui} title={ui.t.verify.title} heading={ui.t.verify.heading} lead={ui.t.verify.lead}>
    <form class="form" method="post" action="/verify-email">
      <input type="hidden" name="token" value={token} />
      <Refused ui={ui} form={form} />
      <button class="button primary wide" type="submit">
        {ui.t.verify.submit}
      </button>
    </form>
  </Door>
)

interface ForgotProps {
  ui: Ui
  form?: FormState<'email'>
  /** Without mail there is no way but an administrator. */
  isMailOn: boolean
}

export const Forgot = ({ ui, form, isMailOn }: ForgotProps) => (
  <Door
    ui={ui}
    title={ui.t.forgot.title}
    heading={ui.t.forgot.heading}
    lead={isMailOn ? ui.t.forgot.lead : ui.t.forgot.mailOff}
  >
    {isMailOn && (
      <form class="form" method="post" action="/forgot-password">
        <EmailField ui={ui} form={form} autofocus />
        <Refused ui={ui} form={form} />
        <button class="button primary wide" type="submit">
          {ui.t.forgot.submit}
        </button>
      </form>
    )}
    <BackToSignIn ui={ui} />
  </Door>
)

export const Reset = ({ ui, token, form }: Omit<TokenProps, 'form'> & { form?: FormState<'password'> }) => (
  <Door ui={ui} title={ui.t.reset.title} heading={ui.t.reset.heading} lead={ui.t.reset.lead}>
    <form class="form" method="post" action="/reset-password">
      <input type="hidden" name="token" value={token} />
      <PasswordField ui={ui} form={form} which="new" label={ui.t.field.newPassword} autofocus />
      <Refused ui={ui} form={form} />
      <button class="button primary wide" type="submit">
        {ui.t.reset.submit}
      </button>
    </form>
  </Door>
)

/** A link that is spent, expired or was never there: nobody learns which. */
export const ResetGone = ({ ui }: Pick<TokenProps, 'ui'>) => (
  <Door ui={ui} title={ui.t.reset.title} heading={ui.t.reset.gone} lead={ui.t.reset.goneLead}>
    <a class="button primary wide" href="/forgot-password">
      {ui.t.reset.again}
    </a>
    <BackToSignIn ui={ui} />
  </Door>
)
