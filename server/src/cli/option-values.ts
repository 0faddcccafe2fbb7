import { InvalidArgumentError } from 'commander'
import { TimeZone } from '../platform/http/time-zone.ts'
import { uuidFrom } from '../public-ids.ts'

/** A name that people give to something. */
export function nameValue(text: string): string {
  const name = text.trim()
  if (name.length >= 1 && name.length <= 100) return name
  throw new InvalidArgumentError('It must have 1 to 100 characters.')
}

/** A time zone of the IANA database, spelled as the database spells it. */
export function timeZoneValue(text: string): string {
  const parsed = TimeZone.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError('It must be the name of a time zone, such as Europe/Berlin or UTC.')
}

/** The UUID inside a workspace's id. */
export function workspaceValue(text: string): string {
  const uuid = uuidFrom('workspace', text)
  if (uuid !== undefined) return uuid
  throw new InvalidArgumentError('It must be the id of a workspace: ws_ and 32 hexadecimal digits.')
}
