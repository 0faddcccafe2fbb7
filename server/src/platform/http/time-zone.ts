import { z } from 'zod'

const TIME_ZONE_SENTENCE = '"timeZone" must be the name of a time zone, such as Europe/Berlin or UTC.'

/** The name of an IANA time zone. It is converted to its official spelling. */
export const TimeZone = z
  .string(TIME_ZONE_SENTENCE)
  .transform((name, context) => {
    const known = findTimeZone(name)
    if (known !== undefined) return known
    context.addIssue({ code: 'custom', message: TIME_ZONE_SENTENCE })
    return z.NEVER
  })
  .meta({ description: 'The name of a time zone.', example: 'Europe/Berlin' })

/** Finds the official spelling of a time zone's name. Undefined if there is no such zone. */
function findTimeZone(name: string): string | undefined {
  // Offsets such as +05:30 are not accepted: they have no daylight saving time.
  if (!/^[A-Za-z]/.test(name)) return undefined
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId
  } catch {
    return undefined
  }
}
