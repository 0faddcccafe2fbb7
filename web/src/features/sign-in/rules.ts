import { describeLengthFault } from '@talktime/core/passwords/password-rule'

// Checks that forms make before sending. The server has the final say.

/** Validates an email address: a message, or null if it may be one. */
export function validateEmail(value: string): string | null {
  return /^\S+@\S+$/.test(value.trim()) ? null : 'Enter an email address, such as ada@example.com'
}

/** Makes a validator that returns the message for an empty text. */
export const requireText = (message: string) => (value: string) => (value.trim() === '' ? message : null)

/** Validates the length of a new password: a message, or null. */
export function validatePassword(value: string): string | null {
  return describeLengthFault(value.length) ?? null
}
