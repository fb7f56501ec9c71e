import { docsEn } from './docs.en.ts'
import { counting } from './plural.ts'
import { settingsEn } from './settings.en.ts'

const count = counting('en')

/** Every sentence of the pages. `ru.ts` has the same keys, or it does not compile. */
export const en = {
  team: 'Warren',
  language: 'Language',
  skip: 'Skip to content',
  skipToMessage: 'Skip to the message field',
  back: 'Back',
  backToChats: 'Back to chats',
  close: 'Close',
  save: 'Save',
  saved: 'Saved.',
  cancel: 'Cancel',
  optional: 'optional',
  show: 'Show',
  you: 'you',
  members: count({ one: '# member', other: '# members' }),

  nav: {
    label: 'Warren',
    chats: 'Chats',
    channels: 'Channels',
    people: 'People',
    you: 'You',
    settings: 'Settings',
    profile: 'Profile',
    appearance: 'Appearance',
    account: 'Sign-in and devices',
    invites: 'Invites',
    signOut: 'Sign out',
  },

  field: {
    email: 'Email',
    username: 'Username',
    usernameHint: 'Small letters, digits, dots, hyphens and underscores. People mention you by it.',
    fullName: 'Your name',
    password: 'Password',
    passwordHint: 'At least 8 characters. A short sentence works well.',
    newPassword: 'New password',
    currentPassword: 'Current password',
    setupToken: 'Setup token',
    setupTokenHint: 'It was printed where Warren was started.',
  },

  /** What is wrong with a field, by the field's name where the general words would not help. */
  wrong: {
    general: 'Please look at this once more.',
    required: 'This is needed.',
    tooLong: 'This is too long.',
    email: 'This is not an email address.',
    username:
      'Use small letters, digits, dots, hyphens and underscores, with a letter or digit at both ends; 32 at most.',
    usernameReserved: 'This name stands for everybody or for Warren itself. Choose another.',
    password: 'Use at least 8 characters.',
    person: 'Choose somebody.',
    emoji: 'One emoji, or nothing.',
    phone: 'Write a number such as +49 30 1234567.',
  },

  setUp: {
    title: 'Set up Warren',
    heading: 'Let’s open the warren',
    lead: 'You become the owner. Everything here can be changed later.',
    submit: 'Open the warren',
  },

  signIn: {
    title: 'Sign in',
    heading: 'Sign in to Warren',
    submit: 'Sign in',
    forgot: 'I forgot my password',
    register: 'Make an account',
    resend: 'Send the confirmation mail again',
    after: {
      reset: 'Your password is changed. Sign in with the new one.',
      verified: 'Your address is confirmed. Sign in.',
      signedOut: 'You are signed out.',
      ended: 'You were signed out on another device or by an administrator.',
    },
  },

  join: {
    title: 'Join Warren',
    heading: 'Join the warren',
    invited: 'You are invited.',
    invitedBy: (name: string) => `${name} invites you.`,
    open: 'Anyone may make an account here.',
    submit: 'Join',
    haveAccount: 'I have an account',
    gone: 'This invite no longer works',
    goneLead: 'It was used up, ran out or was taken back. Ask for a new one.',
  },

  mailbox: {
    title: 'Look into your mail',
    heading: 'Look into your mail',
    verify: (email: string) =>
      `We wrote to ${email}. Open the link in that mail and you are in. It works for a day.`,
    forgot: (email: string) =>
      `If ${email} has an account, a link for a new password is on its way. It works for an hour.`,
    nothing: 'Nothing there? Look among the spam, or ask again in a few minutes.',
    again: 'Send it again',
    backToSignIn: 'Back to sign in',
  },

  verify: {
    title: 'Confirm your address',
    heading: 'Confirm your address',
    lead: 'One click, and this account is yours.',
    submit: 'Confirm',
  },

  forgot: {
    title: 'Forgotten password',
    heading: 'A new password',
    lead: 'We send you a link. The old password works until you use it.',
    submit: 'Send the link',
    mailOff: 'This Warren sends no mail. Ask an administrator for a link that sets a new password.',
  },

  reset: {
    title: 'New password',
    heading: 'Choose a new password',
    lead: 'It signs you out everywhere else.',
    submit: 'Set the password',
    again: 'Ask for a new link',
    gone: 'This link no longer works',
    goneLead: 'It was used already, or its hour is over. Ask for a new one.',
  },

  sidebar: {
    label: 'Chats',
    newMessage: 'New message',
    newChannel: 'New channel',
    jump: 'Jump to…',
    browse: 'Browse channels',
    groups: 'Groups',
    channels: 'Channels',
    directs: 'Direct messages',
    archived: 'archived',
  },

  rest: {
    label: 'Nothing open',
    heading: 'Pick up where you left off',
    lead: 'Choose a chat, or write to somebody.',
    emptyHeading: 'It is quiet here',
    emptyLead: 'You are in no chat yet. Join a channel, or write to somebody.',
  },

  beginning: {
    heading: (name: string) => `This is the start of ${name}`,
    lead: 'Say the first word.',
    alone: 'Nobody else is in it yet.',
    invite: { title: 'Invite people', how: 'With a link, from anywhere' },
    add: { title: 'Add members', how: 'People who already have an account' },
    topic: { title: 'Say what it is for', how: 'One line under the name' },
  },

  chat: {
    justYou: 'Just you',
    noTopic: 'No description yet',
    membersLabel: 'Members: ',
    about: 'About this chat',
    archivedBar: 'This chat is archived. It can be read, not written to.',
    unsent: 'What you wrote, not sent',
    notMember: 'You are not in this channel',
    notMemberLead: 'Join to read and write. Leaving again is as easy.',
    archivedOutside: 'It is archived. Nobody new can join.',
    join: 'Join',
    joinNamed: (name: string) => `Join: ${name}`,
  },

  about: {
    title: 'About',
    topic: 'What it is for',
    kind: {
      direct: 'Direct message',
      group: 'Group',
      private: 'Private channel',
      public: 'Public channel',
    },
    bio: 'About them',
    createdOn: (day: string) => `Made on ${day}`,
    members: 'Members',
    settings: 'Change this chat',
    leave: 'Leave',
    leaveConfirm: (name: string) => `Leave ${name}?`,
  },

  pinned: {
    title: 'Pinned',
    none: 'Nothing is pinned yet. Pin a message from its menu, and it can be found here.',
    more: 'Show more',
  },

  membersPanel: {
    title: 'Members',
    add: 'Add by username',
    addSubmit: 'Add',
    find: 'Find somebody',
    role: (name: string) => `Role of ${name}`,
    setRole: 'Set',
    remove: 'Remove',
    removeNamed: (name: string) => `Remove ${name}`,
    more: 'Show more',
  },

  role: { guest: 'Guest', member: 'Member', admin: 'Admin', owner: 'Owner' },

  create: {
    title: 'New chat',
    kinds: 'Kind of chat',
    direct: 'Message',
    group: 'Group',
    channel: 'Channel',
    directLead: 'Between the two of you.',
    groupLead: 'A few people. Everybody in it may add others.',
    channelLead: 'About one thing, for as long as it takes.',
    to: 'To',
    people: 'People',
    peopleHint: 'Everybody you choose is in it at once.',
    find: 'Find somebody',
    nobody: 'Nobody by that name.',
    name: 'Name',
    nameHint: 'Short, as you would say it.',
    topic: 'What it is for',
    topicHint: 'One line, shown under the name.',
    visibility: 'Who may join',
    visibilityHint: 'Private: people are added. Public: everybody but guests can find and join it.',
    private: 'Private',
    public: 'Public',
    submitDirect: 'Write',
    submitGroup: 'Make the group',
    submitChannel: 'Make the channel',
  },

  channels: {
    title: 'Channels',
    lead: 'Open to everyone here. Private ones appear when someone adds you.',
    find: 'Find a channel',
    none: 'No channel by that name.',
    empty: {
      all: 'There is no public channel yet.',
      mine: 'You are in no channel yet.',
      archived: 'Nothing is archived.',
    },
    tabs: { all: 'All', mine: 'Mine', archived: 'Archived' },
    joined: 'Joined',
    open: 'Open',
    openNamed: (name: string) => `Open ${name}`,
    more: 'Show more',
  },

  chatSettings: {
    title: 'Change this chat',
    name: 'Name',
    archive: 'Archive',
    archiveLead: 'Nobody will be able to write; everything stays readable. It can be undone.',
    unarchive: 'Take out of the archive',
    unarchiveLead: 'It can be written to again.',
    leave: 'Leave',
    leaveLead: 'You stop reading it. What you wrote stays.',
    delete: 'Delete',
    deleteLead: 'Gone for everybody at once, with all messages. It cannot be undone.',
    deleteCheck: (name: string) => `I want to delete ${name}`,
  },

  ...settingsEn,
  ...docsEn,

  error: {
    title: 'Something is wrong',
    notFound: 'There is nothing here',
    notFoundLead: 'It was moved or deleted, or you may not see it.',
    forbidden: 'This is not yours to do',
    tooMany: 'That was a lot at once',
    tooManyLead: 'Wait a little, then try again.',
    unavailable: 'Not right now',
    internal: 'Something went wrong on our side',
    internalLead: 'It is written down. If it happens again, tell your administrator this number:',
    home: 'To your chats',
  },
}

export type Texts = typeof en
