import { refusalText } from '../src/texts/index.ts'
import type { FormState, Ui } from './Ui.ts'

/** As the front door tells it: see `Failed` of the platform. */
interface Failed {
  values: Record<string, string | string[]>
  faults: string[]
  reason: string | null
}

/** Refusals that one field is to blame for: they stand below it. */
const BLAMED: Record<string, string> = {
  username_taken: 'username',
  email_taken: 'email',
  wrong_password: 'current_password',
  setup_token: 'setup_token',
  user: 'username',
  name_required: 'name',
  direct_members: 'member_ids',
}

/** What went wrong with a form, in words, each where its field is. `fields` in the order in which they stand. */
export function formState<Field extends string>(
  ui: Ui,
  failed: Failed,
  fields: readonly Field[],
): FormState<Field> {
  const state = judge(ui, failed, fields)
  const focus = fields.find((field) => state.wrong?.[field] !== undefined)
  return focus === undefined ? state : { ...state, focus }
}

function judge<Field extends string>(ui: Ui, failed: Failed, fields: readonly Field[]): FormState<Field> {
  const values: Partial<Record<Field, string>> = {}
  const wrong: Partial<Record<Field, string>> = {}
  for (const field of fields) {
    const value = failed.values[field]
    if (typeof value === 'string') values[field] = value
    if (failed.faults.includes(field))
      wrong[field] = faultText(ui, field, typeof value === 'string' ? value : '')
  }
  if (failed.reason === null) {
    const others = failed.faults.filter((name) => !(fields as readonly string[]).includes(name))
    return { values, wrong, ...(others.length > 0 ? { refused: ui.t.wrong.general } : {}) }
  }
  const said = refusalText(ui.locale, failed.reason)
  const blamed = fields.find((field) => field === BLAMED[failed.reason ?? ''])
  if (blamed === undefined) return { values, wrong, refused: said }
  return { values, wrong: { ...wrong, [blamed]: said } }
}

/** The rules of accounts, to say which of them was broken. */
const USERNAME = /^[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?$/
const MIN_PASSWORD = 8

/** Any field that has no words of its own is either empty or too long. */
function faultText({ t }: Ui, field: string, value: string): string {
  if (value.trim() === '') return t.wrong.required
  if (field === 'email') return t.wrong.email
  if (field === 'username') return USERNAME.test(value) ? t.wrong.usernameReserved : t.wrong.username
  if (/password/.test(field)) return value.length < MIN_PASSWORD ? t.wrong.password : t.wrong.tooLong
  if (field === 'status_emoji') return t.wrong.emoji
  if (field === 'phone_number') return t.wrong.phone
  return [...value].length > 32 ? t.wrong.tooLong : t.wrong.general
}
