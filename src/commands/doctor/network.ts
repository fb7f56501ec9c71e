import { type Config, parseListen } from '../../config.ts'
import { bad, type Finding, ok, warn } from './finding.ts'

export function checkBaseUrl({ baseUrl, listen }: Config): Finding {
  const heard = parseListen(listen)
  const local = 'unix' in heard || ['127.0.0.1', '::1', 'localhost'].includes(heard.hostname)
  if (baseUrl === null) {
    return local
      ? ok('base URL', 'not set: fine on one machine')
      : warn(
          'base URL',
          'not set, while others can connect',
          'set WARREN_BASE_URL=https://… to the public address',
        )
  }
  const { protocol, hostname } = new URL(baseUrl)
  if (protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    return ok('base URL', baseUrl)
  const fix = 'put a proxy with a certificate in front, and set WARREN_BASE_URL=https://…'
  return warn('base URL', `${baseUrl} is not HTTPS: passwords travel readable`, fix)
}

export async function checkMail({ smtpUrl }: Config): Promise<Finding[]> {
  if (smtpUrl === null) return [ok('mail', 'off')]
  if (smtpUrl === 'mailbox:')
    return [warn('mail', 'kept in $DATA/mailbox, not sent', 'set WARREN_SMTP_URL=smtp://…')]
  return [await trySending(smtpUrl)]
}

async function trySending(smtpUrl: string): Promise<Finding> {
  const { trySmtp } = await import('../../platform/mail/smtp.ts')
  try {
    await trySmtp(smtpUrl)
    return ok('mail', 'the mail server lets us in')
  } catch (error) {
    const why = (error as { code?: string }).code ?? (error as Error).name
    return bad(
      'mail',
      `the mail server does not let us in (${why})`,
      'look at WARREN_SMTP_URL and at the mail server',
    )
  }
}
