// Checks that forms make before sending. The server has the final say.

export const PASSWORD_LENGTH_MIN = 10

/** Validates an email address: a message, or null if it may be one. */
export function validateEmail(value: string): string | null {
  return /^\S+@\S+$/.test(value.trim()) ? null : 'Enter an email address, such as ada@example.com'
}

/** Makes a validator that returns the message for an empty text. */
export const requireText = (message: string) => (value: string) => (value.trim() === '' ? message : null)

/** Validates a new password: a message, or null if it is long enough. */
export function validatePassword(value: string): string | null {
  return value.length >= PASSWORD_LENGTH_MIN ? null : `Use at least ${PASSWORD_LENGTH_MIN} characters`
}
