import { isDate } from '@talktime/core/time/usage-window'
import { z } from 'zod'

/** Dates beyond these are a mistake, and at the ends of the calendar their days have no neighbors. */
const FIRST = '1970-01-01'
const LAST = '2999-12-31'

/** A parameter that is a local date, such as 2026-11-22. */
export function LocalDate(name: string) {
  return z
    .string()
    .refine(isDate, `"${name}" must be a local date, such as 2026-11-22.`)
    .refine((date) => !isDate(date) || (date >= FIRST && date <= LAST), {
      error: `"${name}" must be a date from ${FIRST} to ${LAST}.`,
    })
    .optional()
}
