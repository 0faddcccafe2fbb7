/** What forms can say before asking the server; the server decides. */

export const passwordLengthMin = 10

export function looksLikeEmail(value: string): string | null {
  return /^\S+@\S+$/.test(value.trim()) ? null : 'Enter an email address, such as ada@example.com'
}

export const filled = (message: string) => (value: string) => (value.trim() === '' ? message : null)

export function newPassword(value: string): string | null {
  return value.length >= passwordLengthMin ? null : `Choose at least ${passwordLengthMin} characters`
}
