export const PASSWORD_LENGTH_MIN = 10
export const PASSWORD_LENGTH_MAX = 128

/** The least strength of a password, from 0 to 4 as zxcvbn counts: 2 takes about a hundred million guesses. */
export const PASSWORD_STRENGTH_MIN = 2

/** Whom a password belongs to, as far as it is known. */
export type PasswordOwner = {
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly workspaceName?: string | undefined
}

/** How easily a password is guessed. */
export type PasswordEstimate = {
  /** 0 to 4. */
  readonly strength: number
  /** Whether the guess uses what is known about the owner. */
  readonly fromOwner: boolean
}

const WORD_LENGTH_MIN = 3

/** Lists the words that somebody would try first who knows the owner, whole and in parts, in lower case. */
export function listOwnerWords({ name = '', email = '', workspaceName = '' }: PasswordOwner): string[] {
  const wholes = ['talktime', name, email, email.split('@')[0] ?? '', workspaceName]
  const parts = wholes.flatMap((text) => text.split(/[^\p{L}\p{N}]+/u))
  const joined = wholes.map((text) => text.replaceAll(/[^\p{L}\p{N}]+/gu, ''))
  const words = [...wholes, ...parts, ...joined].map((word) => word.trim().toLowerCase())
  return [...new Set(words)].filter((word) => word.length >= WORD_LENGTH_MIN)
}

/** Says why a password is refused, as a sentence for the person. Undefined: it is good enough. */
export function describePasswordFault(length: number, estimate: PasswordEstimate): string | undefined {
  const lengthFault = describeLengthFault(length)
  if (lengthFault !== undefined) return lengthFault
  if (estimate.strength >= PASSWORD_STRENGTH_MIN) return undefined
  return estimate.fromOwner
    ? 'This password is easy to guess from your name, email address or workspace. Use a few unrelated words.'
    : 'This password is easy to guess. Use a few unrelated words, or let a password manager make one.'
}

/** Says why a password of this length is refused. Undefined: its length is right. */
export function describeLengthFault(length: number): string | undefined {
  if (length < PASSWORD_LENGTH_MIN) return `Use at least ${PASSWORD_LENGTH_MIN} characters.`
  if (length > PASSWORD_LENGTH_MAX) return `Use at most ${PASSWORD_LENGTH_MAX} characters.`
  return undefined
}
