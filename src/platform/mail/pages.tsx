/** @jsxImportSource hono/jsx */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Child } from 'hono/jsx'
import { refuse } from '../errors.ts'
import type { Env } from '../http/api.ts'
import { toTime } from '../schema.ts'
import { type KeptMail, keptAt, listMails, readMail } from './mailbox.ts'

export interface MailboxPages {
  dataDir: string
  /** Puts what is shown into a page of this house, in the asker's language. */
  frame(c: Context<Env>, title: string, body: Child): Response | Promise<Response>
  /** The same language's words. */
  words(c: Context<Env>): MailboxWords
}

export interface MailboxWords {
  title: string
  lead: string
  none: string
  /** A time as a person reads it, of RFC 3339. */
  at(time: string): string
}

/**
 * `/mailbox` and `/mailbox/{id}`: what `WARREN_SMTP_URL=mailbox:` has kept, for whoever sits at the machine. To all
 * others it does not exist: `not_found` `page`.
 */
export function mailboxPages({ dataDir, frame, words }: MailboxPages): Hono<Env> {
  const pages = new Hono<Env>()
  pages.use('/mailbox', onlyHere)
  pages.use('/mailbox/*', onlyHere)

  pages.get('/mailbox', async (c) => {
    const mails = await listMails(dataDir)
    return frame(c, words(c).title, <MailList words={words(c)} mails={mails} />)
  })
  pages.get('/mailbox/:id', async (c) => {
    const mail = (await readMail(dataDir, c.req.param('id'))) ?? refuse('not_found', 'page')
    return frame(c, mail.subject, <OneMail words={words(c)} mail={mail} />)
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

const When = ({ words, mail }: { words: MailboxWords; mail: KeptMail }) => {
  const at = toTime(keptAt(mail))
  return <time datetime={at}>{words.at(at)}</time>
}

const MailList = ({ words, mails }: { words: MailboxWords; mails: KeptMail[] }) => (
  <main class="page page-narrow mailbox">
    <h1>{words.title}</h1>
    <p>{words.lead}</p>
    {mails.length === 0 ? (
      <p>{words.none}</p>
    ) : (
      <ul class="listing">
        {mails.map((mail) => (
          <li class="listing-line">
            <h2>
              <a class="link" href={`/mailbox/${mail.id}`}>
                {mail.subject}
              </a>
            </h2>
            <p>
              {mail.to} · <When words={words} mail={mail} />
            </p>
          </li>
        ))}
      </ul>
    )}
  </main>
)

/** The text alone: a mail's HTML is written for another program. */
const OneMail = ({ words, mail }: { words: MailboxWords; mail: KeptMail }) => (
  <main class="page page-narrow mailbox">
    <p>
      <a class="link" href="/mailbox">
        {words.title}
      </a>
    </p>
    <h1>{mail.subject}</h1>
    <p>
      {mail.to} · <When words={words} mail={mail} />
    </p>
    <pre>
      {mail.text.split(LINK).map((part) =>
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
