import type { OwnUserWire } from '../src/accounts/index.ts'
import type { Place } from './islands/props.ts'
import type { Ui } from './Ui.ts'

/** What the islands must know of the page they stand on. */
export const placeOf = (ui: Ui, { id, username, full_name, avatar_url }: OwnUserWire): Place => ({
  me: { id, username, full_name, avatar_url },
  locale: ui.locale,
  zone: ui.zone,
  now: ui.now,
  icons: ui.asset('icons.svg'),
})
