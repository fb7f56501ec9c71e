import type { Context } from 'hono'
import type { Env } from '../platform/http/api.ts'
import { localeFor } from '../texts/index.ts'
import type { Asker } from './askByMail.ts'

/** Who asks over the API: a program that says nothing of languages is answered in the node's. */
export const askerOf = (c: Context<Env>): Required<Asker> => ({
  address: c.var.address,
  locale: localeFor(null, c.var.app.config.locale, c.req.header('accept-language')),
})
