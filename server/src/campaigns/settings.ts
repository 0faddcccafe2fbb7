import type { DialRules } from '@talktime/core/contacts/judge-number'
import { getCountries } from 'libphonenumber-js'
import { z } from 'zod'
import type { SettingsReader } from '../platform/settings-reader.ts'

/** The operator's settings for campaigns. */
export type CampaignSettings = {
  /** Which numbers contacts may have. */
  readonly dialRules: DialRules
}

const NUMBER_KINDS = ['premium_rate', 'shared_cost', 'personal', 'satellite', 'service'] as const
const COUNTRIES: ReadonlySet<string> = new Set(getCountries())

/** A list whose parts are separated by commas. */
const list = <Schema extends z.ZodType<unknown, string>>(part: Schema) =>
  z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .pipe(z.array(part))

const DIAL_KINDS = {
  schema: list(z.enum(NUMBER_KINDS)).default([]),
  right: `kinds of numbers, separated by commas: ${NUMBER_KINDS.join(', ')}`,
}

const DIAL_COUNTRIES = {
  schema: list(
    z
      .string()
      .toUpperCase()
      .refine((country) => COUNTRIES.has(country)),
  ).optional(),
  right: 'country codes of two letters, separated by commas, such as US,CA',
}

/** Which numbers contacts may have where the operator has set nothing: ordinary ones, in all countries. */
export const DIAL_RULES_DEFAULT: DialRules = { kinds: [], countries: null }

/** Reads TALKTIME_DIAL_KINDS and TALKTIME_DIAL_COUNTRIES. */
export function readCampaignSettings({ read }: SettingsReader): CampaignSettings {
  const kinds = read('TALKTIME_DIAL_KINDS', DIAL_KINDS)
  const countries = read('TALKTIME_DIAL_COUNTRIES', DIAL_COUNTRIES) ?? null
  return { dialRules: { kinds, countries } }
}
