import type { SealedColumn, SealedRow } from '../platform/secretsRotation.ts'

/** What this room keeps sealed. */
export const sealedAccounts: readonly SealedColumn[] = [
  {
    name: 'signing_keys.sealed_jwk',
    page: (sql, after, limit) => sql<SealedRow>`
      select kid as id, sealed_jwk as sealed from signing_keys where kid > ${after} order by kid limit ${limit}`,
    async replace(sql, id, from, to) {
      await sql`update signing_keys set sealed_jwk = ${to} where kid = ${id} and sealed_jwk = ${from}`
    },
  },
  {
    name: 'users.phone_number',
    page: (sql, after, limit) => sql<SealedRow>`
      select id, phone_number as sealed from users where id > ${after} order by id limit ${limit}`,
    async replace(sql, id, from, to) {
      await sql`update users set phone_number = ${to} where id = ${id} and phone_number = ${from}`
    },
  },
]
