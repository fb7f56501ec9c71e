/** @jsxImportSource hono/jsx */
import { describedBy, Field, FieldFrame, Refused } from '../Field.tsx'
import { given } from '../given.ts'
import { Icon } from '../Icon.tsx'
import { sendHere } from '../links.ts'
import { Page } from '../Page.tsx'
import type { ShellProps } from '../Shell.tsx'
import type { FormState, Ui } from '../Ui.ts'

export type ProfileField = 'full_name' | 'phone_number' | 'bio' | 'status_text' | 'status_emoji'

interface Props {
  shell: Omit<ShellProps, 'title' | 'view' | 'place'>
  form?: FormState<ProfileField>
  isSaved?: boolean
  /** At `/settings`, where a phone shows the list of settings. */
  isBeside?: boolean
}

export const Profile = ({ shell, form, isSaved, isBeside }: Props) => {
  const { ui, me } = shell
  const { t } = ui
  const line = (name: ProfileField, label: string, value: string, more: object) => (
    <Field ui={ui} name={name} label={label} value={value} {...(form ? { form } : {})} {...more} />
  )
  return (
    <Page
      {...shell}
      place="settings"
      title={t.profile.title}
      lead={t.profile.lead}
      back="/settings"
      narrow
      isBeside={isBeside === true}
    >
      <form class="form" {...sendHere('/settings/profile', 'profile')}>
        {line('full_name', t.field.fullName, me.full_name, { autocomplete: 'name', maxlength: 100 })}
        <div class="pair">
          {line('status_text', t.profile.statusText, me.status_text, { maxlength: 100, autocomplete: 'off' })}
          {line('status_emoji', t.profile.statusEmoji, me.status_emoji, { autocomplete: 'off' })}
        </div>
        <Bio
          ui={ui}
          value={form?.values?.bio ?? me.bio}
          wrong={form?.wrong?.bio}
          isFirst={form?.focus === 'bio'}
        />
        {line('phone_number', t.profile.phone, me.phone_number ?? '', {
          type: 'tel',
          hint: t.profile.phoneHint,
          autocomplete: 'tel',
        })}
        <Refused ui={ui} form={form} />
        <div class="line">
          <button class="button primary" type="submit">
            {t.save}
          </button>
          {isSaved && <Saved ui={ui} />}
        </div>
      </form>
    </Page>
  )
}

interface BioProps {
  ui: Ui
  value: string
  wrong: string | undefined
  /** The first field to be mended. */
  isFirst: boolean
}

const Bio = ({ ui, value, wrong, isFirst }: BioProps) => (
  <FieldFrame ui={ui} id="bio" label={ui.t.profile.bio} wrong={wrong}>
    <textarea
      id="bio"
      name="bio"
      rows={3}
      maxlength={500}
      dir="auto"
      {...given({
        autofocus: isFirst || undefined,
        'aria-invalid': wrong ? ('true' as const) : undefined,
        'aria-describedby': describedBy('bio', { wrong }),
      })}
    >
      {value}
    </textarea>
  </FieldFrame>
)

/** Said where the button is, so that nobody wonders. */
export const Saved = ({ ui, what }: { ui: Ui; what?: string }) => (
  <span class="tag ok" role="status">
    <Icon ui={ui} name="check" small />
    {what ?? ui.t.saved}
  </span>
)
