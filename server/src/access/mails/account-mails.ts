import type { MailContent } from '../../platform/mail/mail-layout.ts'

/** A mail to a person about their account. */
export type AccountMail = Omit<MailContent, 'caption' | 'reason'> & {
  readonly to: string
  /** Why the person receives it. */
  readonly reason: string
}

/** Where links of mails lead, and what the service is called. */
export type MailSender = { readonly origin: string; readonly serviceName: string }

/** Builds a link to a page of the dashboard that takes a secret token. */
function buildTokenLink(origin: string, path: string, token: string): string {
  const url = new URL(path, origin)
  // After the hash it is not sent to servers, and so stays out of their logs and out of the Referer header.
  url.hash = new URLSearchParams({ token }).toString()
  return url.href
}

/** Asks a person who signed up to confirm the address. */
export function confirmAddressMail(
  { origin, serviceName }: MailSender,
  to: string,
  token: string,
): AccountMail {
  return {
    to,
    title: `Confirm your email address for ${serviceName}`,
    paragraphs: [
      `Somebody, hopefully you, signed up at ${serviceName} with this address. Confirm that it is yours to start using your account.`,
      'The link works for 24 hours. If you did not sign up, do nothing: without the confirmation nobody can sign in.',
    ],
    action: { text: 'Confirm email address', url: buildTokenLink(origin, '/confirm-email', token) },
    reason: `You receive this mail because this address was used to sign up at ${serviceName}.`,
  }
}

/** Tells the owner of a confirmed account that somebody tried to sign up with its address. */
export function accountExistsMail({ origin, serviceName }: MailSender, to: string): AccountMail {
  return {
    to,
    title: `You already have an account at ${serviceName}`,
    paragraphs: [
      `Somebody, hopefully you, tried to sign up at ${serviceName} with this address. It already has an account, so nothing was changed.`,
      'Sign in with your password, or choose “Forgot your password?” on that page. If it was not you, do nothing.',
    ],
    action: { text: 'Sign in', url: new URL('/sign-in', origin).href },
    reason: `You receive this mail because your account at ${serviceName} has this address.`,
  }
}

/** Offers an account that somebody opened with this address and never confirmed. */
export function claimAccountMail(
  { origin, serviceName }: MailSender,
  to: string,
  token: string,
): AccountMail {
  return {
    to,
    title: `Set a password for your account at ${serviceName}`,
    paragraphs: [
      `Somebody, hopefully you, signed up at ${serviceName} with this address. An account with it was opened before, but the address was never confirmed.`,
      'Set a new password to make the account yours. That ends all its sessions, and removes its old password, second factor and API keys. The link works once, for 30 minutes.',
      'If you did not sign up, do nothing.',
    ],
    action: { text: 'Set a password', url: buildTokenLink(origin, '/reset-password', token) },
    reason: `You receive this mail because this address was used to sign up at ${serviceName}.`,
  }
}

/** Lets a person set a new password. */
export function resetPasswordMail(
  { origin, serviceName }: MailSender,
  to: string,
  token: string,
): AccountMail {
  return {
    to,
    title: `Reset your password for ${serviceName}`,
    paragraphs: [
      `Somebody, hopefully you, asked to reset the password of your account at ${serviceName}.`,
      'The link works once, for 30 minutes, and ends all sessions of the account. If you did not ask for it, do nothing: your password stays as it is.',
    ],
    action: { text: 'Set a new password', url: buildTokenLink(origin, '/reset-password', token) },
    reason: `You receive this mail because your account at ${serviceName} has this address.`,
  }
}

/** Says that something about how a person signs in was changed, so that a change by somebody else is noticed. */
export function securityNoticeMail(
  { origin, serviceName }: MailSender,
  to: string,
  notice: { readonly title: string; readonly detail: string },
): AccountMail {
  return {
    to,
    title: `${notice.title} (${serviceName})`,
    paragraphs: [
      notice.detail,
      'If this was you, there is nothing to do. If not, reset your password now: that ends all sessions of your account.',
    ],
    action: { text: 'Reset password', url: new URL('/forgot-password', origin).href },
    reason: `You receive this mail because your account at ${serviceName} has this address.`,
  }
}
