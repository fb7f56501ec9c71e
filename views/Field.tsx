/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'
import { given } from './given.ts'
import { Icon } from './Icon.tsx'
import type { FormState, Ui } from './Ui.ts'

interface FrameProps {
  ui: Ui
  id: string
  label: string
  hint?: string | undefined
  wrong?: string | undefined
  /** Said behind the label: `optional`. */
  note?: string
  children: Child
}

/** What `aria-describedby` of a field names: its hint and what is wrong with it, each only if it is there. */
export const describedBy = (
  id: string,
  { hint, wrong }: { hint?: unknown; wrong?: unknown },
): string | undefined =>
  [hint ? `${id}-hint` : '', wrong ? `${id}-wrong` : ''].filter(Boolean).join(' ') || undefined

export const FieldFrame = ({ ui, id, label, hint, wrong, note, children }: FrameProps) => (
  <div>
    <label class="label" for={id}>
      {label} {note && <span class="faint">{note}</span>}
    </label>
    <div class={`field${wrong ? ' wrong' : ''}`}>{children}</div>
    {hint && (
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    )}
    {wrong && (
      <p class="wrong-text" id={`${id}-wrong`}>
        <Icon ui={ui} name="alert" />
        {wrong}
      </p>
    )}
  </div>
)

interface Props {
  ui: Ui
  name: string
  label: string
  form?: FormState
  /** Shown until something else was sent. */
  value?: string | undefined
  type?: 'text' | 'email' | 'password' | 'tel'
  hint?: string
  note?: string
  autocomplete?: string
  required?: boolean
  autofocus?: boolean
  maxlength?: number
  /** Of a `datalist` with what could be meant. */
  list?: string
  /** Several forms on one page may have a field of one name. */
  id?: string
}

/** One line of input: label, hint and error hang together for whoever hears the page. */
export function Field({ ui, name, label, form = {}, type = 'text', hint, note, id = name, ...rest }: Props) {
  const wrong = form.wrong?.[name]
  // What is wrong says the rule already; that something is missing does not.
  const shownHint = wrong === undefined || wrong === ui.t.wrong.required ? hint : undefined
  // A password is never sent back.
  const value = type === 'password' ? undefined : (form.values?.[name] ?? rest.value)
  return (
    <FieldFrame ui={ui} id={id} label={label} hint={shownHint} wrong={wrong} {...(note ? { note } : {})}>
      <input
        {...given({
          ...rest,
          id,
          name,
          type,
          value,
          // One field of a page may have it: the first to be mended, before the usual one.
          autofocus: form.focus === undefined ? rest.autofocus : form.focus === name || undefined,
          dir: type === 'text' ? 'auto' : undefined,
          ...(/username|email/.test(name) ? { autocapitalize: 'none', spellcheck: false } : {}),
          'aria-invalid': wrong ? 'true' : undefined,
          'aria-describedby': describedBy(id, { hint: shownHint, wrong }),
        })}
      />
    </FieldFrame>
  )
}

/** Why the whole form was refused. It is read out when it appears. */
export const Refused = ({ ui, form }: { ui: Ui; form?: FormState | undefined }) =>
  form?.refused ? (
    <p class="wrong-text" role="alert">
      <Icon ui={ui} name="alert" />
      {form.refused}
    </p>
  ) : null

interface Choice {
  value: string
  label: string
  /** Of the label, where it is not the page's. */
  lang?: string
}

/** One of a few, all in sight. */
export const Segments = (props: { name: string; label: string; choices: Choice[]; chosen: string }) => (
  <fieldset class="segments">
    <legend class="hidden-text">{props.label}</legend>
    {props.choices.map(({ value, label }) => (
      <label>
        <input type="radio" name={props.name} value={value} checked={value === props.chosen} />
        {label}
      </label>
    ))}
  </fieldset>
)

interface SelectProps {
  ui: Ui
  name: string
  /** Read out; where nothing stands beside the field it is the only name it has. */
  label: string
  choices: Choice[]
  chosen: string
}

export const Select = ({ ui, name, label, choices, chosen }: SelectProps) => (
  <div class="field">
    <select name={name} aria-label={label}>
      {choices.map((choice) => (
        <option {...given({ lang: choice.lang })} value={choice.value} selected={choice.value === chosen}>
          {choice.label}
        </option>
      ))}
    </select>
    <Icon ui={ui} name="down" small />
  </div>
)
