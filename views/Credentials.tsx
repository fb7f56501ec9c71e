/** @jsxImportSource hono/jsx */
import { Field } from './Field.tsx'
import { given } from './given.ts'
import type { FormState, Ui } from './Ui.ts'

// What one proves oneself by, in the words that password managers know.

interface Props {
  ui: Ui
  form?: FormState | undefined
  autofocus?: boolean
}

/** The e-mail of an account that exists. */
export const EmailField = ({ ui, form, autofocus }: Props) => (
  <Field
    ui={ui}
    name="email"
    type="email"
    label={ui.t.field.email}
    {...given({ form, autofocus })}
    autocomplete="username"
    required
  />
)

interface PasswordProps extends Props {
  /** The one that holds, or the one that will. */
  which: 'current' | 'new'
  label: string
  name?: string
  id?: string
}

export const PasswordField = ({ ui, form, which, label, name = 'password', ...rest }: PasswordProps) => (
  <Field
    ui={ui}
    name={name}
    type="password"
    label={label}
    {...given({ form, hint: which === 'new' ? ui.t.field.passwordHint : undefined })}
    {...rest}
    autocomplete={`${which}-password`}
    required
  />
)
