import type { Api } from '../platform/http/api.ts'
import { mountCredentialsApi } from './api.credentials.ts'
import { mountSessionsApi } from './api.sessions.ts'
import { mountUsersApi } from './api.users.ts'
import { offline, type PresenceOf } from './present.ts'

/** The rows Auth (but for registering) and Users of `docs/protocol.md`. */
export function mountAccountsApi(api: Api, presenceOf: PresenceOf = offline): void {
  mountCredentialsApi(api, presenceOf)
  mountSessionsApi(api, presenceOf)
  mountUsersApi(api, presenceOf)
}
