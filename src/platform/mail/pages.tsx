/** @jsxImportSource hono/jsx */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Child } from 'hono/jsx'
import { refuse } from '../errors.ts'
import type { Env } from '../http/api.ts'
import { type KeptMail, listMails, readMail } from './mailbox.ts'

export interface MailboxPages {
  dataDir: string
  /** Puts what is shown into a page of this house, in the asker's language. */
  frame(c: Context<Env>, title: string, body: Child): Response | Promise<Response>
}

/**
 * `/mailbox` and `/mailbox/{id}`: what `WARREN_SMTP_URL=mailbox:` has kept, for whoever sits at the machine. To all
 * others it does not exist: `not_found` `page`.
 */
export function mailboxPages({ dataDir, frame }: MailboxPages): Hono<Env> {
  const pages = new Hono<Env>()
  pages.use('/mailbox', onlyHere)
  pages.use('/mailbox/*', onlyHere)

  pages.get('/mailbox', async (c) => {
    const mails = await listMails(dataDir)
    return frame(c, 'Mailbox', <MailList mails={mails} />)
  })
  pages.get('/mailbox/:id', async (c) => {
    const mail = (await readMail(dataDir, c.req.param('id'))) ?? refuse('not_found', 'page')
    return frame(c, mail.subject, <OneMail mail={mail} />)
  })
  return pages
}

const HERE = ['localhost', '127.0.0.1', '[::1]']

/** By its peer and by the name it asked for: a page elsewhere may give its own name this machine's address. */
const onlyHere: MiddlewareHandler<Env> = async (c, next) => {
  const host = URL.parse(`http://${c.req.header('host') ?? ''}`)?.hostname ?? ''
  if (!c.get('isLocal') || !HERE.includes(host)) refuse('not_found', 'page')
  await next()
}

const MailList = ({ mails }: { mails: KeptMail[] }) => (
  <main class="page page-narrow mailbox">
    <h1>Mailbox</h1>
    <p>Nothing is sent from here: WARREN_SMTP_URL is mailbox:</p>
    {mails.length === 0 ? (
      <p>No mail yet.</p>
    ) : (
      <ul class="listing">
        {mails.map(({ id, subject, to }) => (
          <li class="listing-line">
            <h2>
              <a class="link" href={`/mailbox/${id}`}>
                {subject}
              </a>
            </h2>
            <p>{to}</p>
          </li>
        ))}
      </ul>
    )}
  </main>
)

/** The text alone: a mail's HTML is written for another program. */
const OneMail = ({ mail: { subject, to, text } }: { mail: KeptMail }) => (
  <main class="page page-narrow mailbox">
    <p>
      <a class="link" href="/mailbox">
        Mailbox
      </a>
    </p>
    <h1>{subject}</h1>
    <p>{to}</p>
    <pre>
      {text.split(LINK).map((part) =>
        LINK.test(part) ? (
          <a class="link" href={part}>
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </pre>
  </main>
)

const LINK = /(https?:\/\/[^\s<>"]+)/
