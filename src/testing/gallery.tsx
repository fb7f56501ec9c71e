/** @jsxImportSource hono/jsx */
import { CheckYourMail, Forgot, Reset, ResetGone, VerifyEmail } from '../../views/accounts/ByMail.tsx'
import { SignIn } from '../../views/accounts/SignIn.tsx'
import { ChatDetails } from '../../views/chats/About.tsx'
import { Channels } from '../../views/chats/Channels.tsx'
import { ChatSettings } from '../../views/chats/ChatSettings.tsx'
import { Conversation } from '../../views/chats/Conversation.tsx'
import { CreateChat, type NewKind } from '../../views/chats/CreateChat.tsx'
import { Members } from '../../views/chats/Members.tsx'
import { Pinned } from '../../views/chats/Pinned.tsx'
import { Rest } from '../../views/chats/Rest.tsx'
import { ErrorPage } from '../../views/ErrorPage.tsx'
import { InviteGone, Register, SetUp } from '../../views/joining/Register.tsx'
import { Shell } from '../../views/Shell.tsx'
import { Account } from '../../views/settings/Account.tsx'
import { Appearance } from '../../views/settings/Appearance.tsx'
import { Invites } from '../../views/settings/Invites.tsx'
import { People } from '../../views/settings/People.tsx'
import { Profile } from '../../views/settings/Profile.tsx'
import type { Ui } from '../../views/Ui.ts'
import { datesIn, type Locale, texts } from '../texts/index.ts'
import { ada, ann, bo, chats, direct, general, invites, members, pins, sessions } from './sample.ts'

const NOW = Date.parse('2026-11-21T10:00:00.000Z')

/** How a page is told to look, without a request. */
export const uiIn = (locale: Locale, asset: Ui['asset'], path = '/'): Ui => ({
  t: texts(locale),
  locale,
  dates: datesIn(locale, 'UTC', () => NOW),
  asset,
  zone: 'UTC',
  now: new Date(NOW).toISOString(),
  theme: 'system',
  density: 'comfortable',
  isApple: false,
  path,
})

/** Every page there is, in its ordinary state and with what can be wrong in it. Time stands still. */
export function gallery(locale: Locale, asset: Ui['asset']): Map<string, unknown> {
  const ui = (path?: string) => uiIn(locale, asset, path)
  return new Map<string, unknown>([...doors(ui()), ...talking(ui()), ...settings(ui)])
}

function doors(ui: Ui): [string, unknown][] {
  const wrong = { username: ui.t.wrong.username, password: ui.t.wrong.password }
  return [
    ['setup', <SetUp ui={ui} needsToken={false} />],
    ['setup-token', <SetUp ui={ui} needsToken form={{ values: { email: 'ann@example.org' }, wrong }} />],
    ['login', <SignIn ui={ui} isOpen={false} after="signedOut" />],
    [
      'login-wrong',
      <SignIn
        ui={ui}
        isOpen
        isUnverified
        form={{ values: { email: 'ann@example.org' }, refused: ui.t.wrong.general }}
      />,
    ],
    ['join', <Register ui={ui} invite="7fQ2mX9p" invitedBy="Ada" />],
    ['join-gone', <InviteGone ui={ui} />],
    ['mailbox', <CheckYourMail ui={ui} email="ann@example.org" sent="verify" />],
    ['verify', <VerifyEmail ui={ui} token="t" />],
    ['forgot', <Forgot ui={ui} isMailOn />],
    ['forgot-off', <Forgot ui={ui} isMailOn={false} />],
    ['reset-gone', <ResetGone ui={ui} />],
    ['reset', <Reset ui={ui} token="t" />],
    ['not-found', <ErrorPage ui={ui} code="not_found" requestId="r" />],
    ['internal', <ErrorPage ui={ui} code="internal" requestId="019a0000-0000-7000-8000-000000000000" />],
  ]
}

const NEW_KINDS: NewKind[] = ['direct', 'group', 'channel']

function talking(ui: Ui): [string, unknown][] {
  const shell = { ui, me: ann, chats }
  const inside = { ...shell, place: 'chats' as const, title: general.name ?? '', openId: general.id }
  const middle = (
    <Conversation
      ui={ui}
      chat={general}
      timeline={<div class="timeline" />}
      composer={<form id="composer" action="/" />}
    />
  )
  const panels: [string, unknown][] = [
    ['about', <ChatDetails ui={ui} chat={general} pins={2} />],
    ['about-direct', <ChatDetails ui={ui} chat={direct} pins={0} other={ada} />],
    ['pinned', <Pinned ui={ui} chat={general} messages={pins} nextUrl="?cursor=x" />],
    ['pinned-none', <Pinned ui={ui} chat={general} messages={[]} />],
    [
      'members',
      <Members
        ui={ui}
        chat={general}
        members={members}
        statuses={new Map([[ada.id, ada]])}
        meId={ann.id}
        nextUrl="?cursor=x"
      />,
    ],
    ['chat-settings', <ChatSettings ui={ui} chat={general} mayDelete />],
  ]
  return [
    [
      'chats',
      <Shell {...shell} place="chats" title={ui.t.nav.chats} view="list">
        <Rest ui={ui} hasChats isGuest={false} />
      </Shell>,
    ],
    [
      'chat',
      <Shell {...inside} view="chat">
        {middle}
      </Shell>,
    ],
    [
      'chat-outside',
      <Shell {...inside} view="chat">
        <Conversation ui={ui} chat={{ ...general, me: null }} />
      </Shell>,
    ],
    [
      'chat-empty',
      <Shell {...inside} view="chat">
        <Conversation ui={ui} chat={{ ...general, topic: '', last_seq: 0, member_count: 1 }} mayInvite />
      </Shell>,
    ],
    ...panels.map(([name, panel]): [string, unknown] => [
      name,
      <Shell {...inside} view="panel" panel={panel as never}>
        {middle}
      </Shell>,
    ]),
    ...lists(ui),
  ]
}

function lists(ui: Ui): [string, unknown][] {
  const shell = { ui, me: ann, chats }
  return [
    ...NEW_KINDS.map((kind): [string, unknown] => [
      `new-${kind}`,
      <CreateChat shell={shell} kind={kind} clientId={general.id} people={[bo, ada]} query="" />,
    ]),
    [
      'channels-archived',
      <Channels
        shell={shell}
        show="archived"
        channels={[{ ...general, archived_at: general.created_at }]}
        query="g"
      />,
    ],
    [
      'channels',
      <Channels shell={shell} channels={chats.filter((chat) => chat.kind === 'channel')} query="" />,
    ],
  ]
}

function settings(ui: (path: string) => Ui): [string, unknown][] {
  const shell = (path: string) => ({ ui: ui(path), me: ann, chats })
  const names = new Map([[ada.id, ada.full_name]])
  const { wrong } = ui('').t
  return [
    ['settings', <Profile shell={shell('/settings')} isBeside />],
    ['profile', <Profile shell={shell('/settings/profile')} isSaved />],
    ['appearance', <Appearance shell={shell('/settings/appearance')} />],
    [
      'account',
      <Account
        shell={shell('/settings/account')}
        sessions={sessions}
        form={{ wrong: { current_password: wrong.general } }}
      />,
    ],
    [
      'people',
      <People shell={shell('/people')} people={[ada, bo, ann]} query="" nextUrl="/people?cursor=x" />,
    ],
    [
      'people-reset',
      <People
        shell={shell('/people')}
        people={[ada, bo]}
        query=""
        resetLink={{ userId: ada.id, name: 'Ada', url: 'https://a.b/r' }}
      />,
    ],
    [
      'invites',
      <Invites
        shell={shell('/people/invites')}
        invites={invites}
        made={invites[0]}
        names={names}
        open={[general]}
        isOnlyHere
      />,
    ],
  ]
}
