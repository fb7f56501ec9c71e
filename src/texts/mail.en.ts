/** A mail as it is sent: plain text, the link on a line of its own so that every program makes it a link. */
export interface MailText {
  subject: string
  text: string
}

const signed = (...lines: string[]): string => [...lines, '', 'Warren', ''].join('\n')

export const mailEn = {
  verify: ({ name, url }: { name: string; url: string }): MailText => ({
    subject: 'Confirm your address',
    text: signed(
      `Hello ${name},`,
      '',
      'please confirm that this address is yours. The link works for a day:',
      '',
      url,
      '',
      'If you did not make an account, ignore this mail and nothing happens.',
    ),
  }),
  alreadyRegistered: ({ name, url }: { name: string; url: string }): MailText => ({
    subject: 'You have an account already',
    text: signed(
      `Hello ${name},`,
      '',
      'somebody tried to make an account with this address, and you have one. Sign in here:',
      '',
      url,
      '',
      'If it was not you, ignore this mail and nothing happens.',
    ),
  }),
  reset: ({ name, url }: { name: string; url: string }): MailText => ({
    subject: 'A new password',
    text: signed(
      `Hello ${name},`,
      '',
      'here you can choose a new password. The link works once, for an hour:',
      '',
      url,
      '',
      'If you did not ask for it, ignore this mail. Your password stays as it is.',
    ),
  }),
  passwordChanged: ({ name, url }: { name: string; url: string }): MailText => ({
    subject: 'Your password was changed',
    text: signed(
      `Hello ${name},`,
      '',
      'the password of your account was changed, and you were signed out on other devices.',
      '',
      'If it was not you, ask for a new password at once:',
      '',
      url,
    ),
  }),
}

export type MailTexts = typeof mailEn
