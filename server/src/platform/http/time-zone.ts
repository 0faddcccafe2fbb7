import { z } from 'zod'

const sentence = '"timeZone" must be the name of a time zone, such as Europe/Berlin or UTC.'

/** A time zone of the IANA database, spelled as the database spells it. */
export const TimeZone = z
  .string(sentence)
  .transform((name, context) => {
    const known = knownTimeZone(name)
    if (known !== undefined) return known
    context.addIssue({ code: 'custom', message: sentence })
    return z.NEVER
  })
  .meta({ description: 'The name of a time zone.', example: 'Europe/Berlin' })

function knownTimeZone(name: string): string | undefined {
  // Offsets such as +05:30 are no places: they know no daylight saving.
  if (!/^[A-Za-z]/.test(name)) return undefined
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId
  } catch {
    return undefined
  }
}
