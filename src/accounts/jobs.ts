import { z } from '@hono/zod-openapi'
import type { App } from '../platform/context.ts'
import type { Handlers } from '../platform/jobs/run.ts'
import { LOCALES } from '../texts/index.ts'
import { mailReset, mailVerification } from './mail.ts'
import { findUserByEmail } from './sql.ts'

const payload = z.object({ email: z.string(), asked: z.enum(LOCALES).nullable() })

/** `send_reset` and `send_verification`: run twice, they send two mails, and both links work. */
export const accountJobs: Handlers = {
  send_reset: async (app: App, raw: unknown) => {
    const { email, asked } = payload.parse(raw)
    await app.db.write(async (sql) => {
      const user = await findUserByEmail(sql, email)
      if (user?.is_active === 1 && user.kind === 'person') await mailReset(app, sql, user, asked)
    })
  },
  send_verification: async (app: App, raw: unknown) => {
    const { email, asked } = payload.parse(raw)
    await app.db.write(async (sql) => {
      const user = await findUserByEmail(sql, email)
      if (user?.is_active === 1 && user.email_verified_at === null)
        await mailVerification(app, sql, user, asked)
    })
  },
}
