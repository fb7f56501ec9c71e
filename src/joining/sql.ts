import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import type { Role } from '../platform/session.ts'
import type { InviteRow } from './invite.ts'

export async function insertInvite(sql: Sql, invite: InviteRow): Promise<void> {
  await sql`
    insert into invites (code, role, max_uses, uses, expires_at, chat_ids, created_by, created_at)
    values (${invite.code}, ${invite.role}, ${invite.max_uses}, ${invite.uses}, ${invite.expires_at},
      ${invite.chat_ids}, ${invite.created_by}, ${invite.created_at})`
}

export async function findInvite(sql: Sql, code: string): Promise<InviteRow | undefined> {
  const [row] = await sql<InviteRow>`select * from invites where code = ${code}`
  return row
}

/**
 * One statement counts and takes, so that of fifty at once exactly `max_uses` come in (S-56). It counts only while who
 * made it is still a server admin, of at least the role that it gives.
 */
export async function takeInvite(sql: Sql, code: string, now: number): Promise<InviteRow | undefined> {
  const [row] = await sql<InviteRow>`
    update invites set uses = uses + 1
    where code = ${code} and revoked_at is null and expires_at > ${now}
      and (max_uses is null or uses < max_uses)
      and exists (select 1 from users u where u.id = invites.created_by and u.is_active = 1
        and (u.role = 'owner' or (u.role = 'admin' and invites.role <> 'owner')))
    returning *`
  return row
}

/** Whether the code would let somebody in now. */
export async function findOpenInvite(sql: Sql, code: string, now: number): Promise<InviteRow | undefined> {
  const [row] = await sql<InviteRow>`
    select i.* from invites i join users u on u.id = i.created_by
    where i.code = ${code} and i.revoked_at is null and i.expires_at > ${now}
      and (i.max_uses is null or i.uses < i.max_uses)
      and u.is_active = 1 and (u.role = 'owner' or (u.role = 'admin' and i.role <> 'owner'))`
  return row
}

export interface InvitePage {
  roles: readonly Role[]
  /** The creation time and code after which the page begins, going back in time. */
  before: { createdAt: number; code: string }
  limit: number
  now: number
}

/** Those that are neither revoked nor expired, the newest first. */
export const selectInvites = (sql: Sql, page: InvitePage): Promise<InviteRow[]> => sql<InviteRow>`
  select * from invites
  where revoked_at is null and expires_at > ${page.now} and role in ${sql.list(page.roles)}
    and (created_at < ${page.before.createdAt}
      or (created_at = ${page.before.createdAt} and code < ${page.before.code}))
  order by created_at desc, code desc limit ${page.limit}`

export async function revokeInviteRow(sql: Sql, code: string, now: number): Promise<void> {
  await sql`update invites set revoked_at = ${now} where code = ${code} and revoked_at is null`
}

/** The chats that somebody is in or has ever been in. */
export async function findChatsEver(sql: Sql, userId: Id<'user'>): Promise<Set<Id<'chat'>>> {
  const rows = await sql<{ chat_id: Id<'chat'> }>`select chat_id from members where user_id = ${userId}`
  return new Set(rows.map((row) => row.chat_id))
}

const SETUP_TOKEN = 'setup_token'

export async function findSetupHash(sql: Sql): Promise<string | null> {
  const [row] = await sql<{ value: string }>`select value from settings where name = ${SETUP_TOKEN}`
  return row?.value ?? null
}

export async function storeSetupHash(sql: Sql, hash: string): Promise<void> {
  await sql`
    insert into settings (name, value) values (${SETUP_TOKEN}, ${hash})
    on conflict (name) do update set value = excluded.value`
}

export async function deleteSetupHash(sql: Sql): Promise<void> {
  await sql`delete from settings where name = ${SETUP_TOKEN}`
}
