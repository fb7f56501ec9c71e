import type { Context } from 'hono'
import type { Env } from '../src/platform/http/api.ts'
import type { Session } from '../src/platform/session.ts'
import type { OwnUserWire } from '../src/accounts/index.ts'
import type { ChatWire } from '../src/chats/index.ts'
import type { Ui } from './Ui.ts'

/** Who is signed in, and what every page of theirs begins with. */
export interface SignedInPage {
  session: Session
  shell: { ui: Ui; me: OwnUserWire; chats: ChatWire[] }
}

/** What the roof hands to the pages of every room. */
export interface PageDeps {
  /** How the asker wants pages to look, from their cookies and their browser. */
  ui(c: Context<Env>): Ui
  /** Refuses `unauthenticated` to a stranger. */
  signedIn(c: Context<Env>): Promise<SignedInPage>
}
