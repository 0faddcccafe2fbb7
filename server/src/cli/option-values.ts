import { InvalidArgumentError } from 'commander'
import { Email, KEY_SCOPES, type KeyScope } from '../access/index.ts'
import { TimeZone } from '../platform/http/time-zone.ts'
import { uuidFrom } from '../public-ids.ts'

/** Reads a name, without spaces around it. */
export function parseName(text: string): string {
  const name = text.trim()
  if (name.length >= 1 && name.length <= 100) return name
  throw new InvalidArgumentError('It must have 1 to 100 characters.')
}

/** Reads the name of an IANA time zone. Returns it in its official spelling. */
export function parseTimeZone(text: string): string {
  const parsed = TimeZone.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError('It must be the name of a time zone, such as Europe/Berlin or UTC.')
}

/** Reads the id of a workspace. Returns its UUID. */
export function parseWorkspaceId(text: string): string {
  const uuid = uuidFrom('workspace', text)
  if (uuid !== undefined) return uuid
  throw new InvalidArgumentError('It must be the id of a workspace: ws_ and 32 hexadecimal digits.')
}

/** Reads the id of an API key. Returns its UUID. */
export function parseKeyId(text: string): string {
  const uuid = uuidFrom('key', text)
  if (uuid !== undefined) return uuid
  throw new InvalidArgumentError('It must be the id of a key: key_ and 32 hexadecimal digits.')
}

/** Reads an email address. Returns it in lower case, as accounts have it. */
export function parseEmail(text: string): string {
  const parsed = Email.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError('It must be an email address, such as ada@example.com.')
}

/** Reads scopes of an API key, separated by commas. Returns each once. */
export function parseScopes(text: string): readonly KeyScope[] {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !KEY_SCOPES.some((scope) => scope === name))
  if (unknown === undefined) return KEY_SCOPES.filter((scope) => names.includes(scope))
  throw new InvalidArgumentError(`"${unknown}" is not a scope. The scopes are: ${KEY_SCOPES.join(', ')}.`)
}

/** What is right where an instant must be yet to come. Which ones are is known once the database is open. */
export const FUTURE_INSTANT =
  'It must be an instant in the future, in RFC 3339 form, such as 2027-11-22T10:00:00Z.'

/** Reads an instant. Returns it in epoch milliseconds. */
export function parseInstant(text: string): number {
  const atMs = Date.parse(text)
  if (/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(atMs)) return atMs
  throw new InvalidArgumentError(FUTURE_INSTANT)
}

/** Reads a reason for what the operator does. */
export function parseReason(text: string): string {
  const reason = text.trim()
  if (reason.length >= 1 && reason.length <= 500) return reason
  throw new InvalidArgumentError('It must have 1 to 500 characters.')
}
