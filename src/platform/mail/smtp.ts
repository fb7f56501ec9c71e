import { createTransport } from 'nodemailer'
import type { Mail } from './mail.ts'

/** Shorter than a job may take, so that the server's silence is what is reported. */
const TIMEOUTS = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 20_000,
  dnsTimeout: 10_000,
}

/** One connection per letter: no state that a restart of the mail server could spoil. */
export function openSmtp(url: string, from: string, timeouts: Partial<typeof TIMEOUTS> = {}): Mail {
  const domain = from.replace(/>$/, '').split('@').at(-1)
  return {
    enabled: true,
    async send({ to, subject, text, html }, id, signal) {
      const transport = createTransport({
        url,
        ...TIMEOUTS,
        ...timeouts,
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      const hangUp = () => transport.close()
      signal?.addEventListener('abort', hangUp)
      try {
        await transport.sendMail({
          from,
          to: { name: '', address: to },
          subject,
          text,
          ...(html === undefined ? {} : { html }),
          messageId: `<${id}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } finally {
        signal?.removeEventListener('abort', hangUp)
        transport.close()
      }
    },
  }
}

/** Signs in and hangs up: for `doctor`. */
export async function trySmtp(url: string): Promise<void> {
  const transport = createTransport({
    url,
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 5_000,
  })
  try {
    await transport.verify()
  } finally {
    transport.close()
  }
}
