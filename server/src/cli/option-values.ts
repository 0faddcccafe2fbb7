import { InvalidArgumentError } from 'commander'
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
