import { weekdays } from '@talktime/core/campaigns/calling-hours'
import { isSupportedCountry } from 'libphonenumber-js'
import { z } from 'zod'
import { agentProblems } from '../agents/index.ts'
import { TimeZone } from '../platform/http/time-zone.ts'
import { Problem } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'
import { retryOutcomes } from './campaign.ts'
import { campaignProblems } from './problems.ts'

const CampaignName = z.string().trim().min(1).max(100)

const Concurrency = z
  .int('"concurrency" must be a whole number from 1 to 1000.')
  .min(1, '"concurrency" must be a whole number from 1 to 1000.')
  .max(1000, '"concurrency" must be a whole number from 1 to 1000.')
  .meta({ description: 'The most calls at the same time.' })

const CallsPerMinute = z
  .number('"callsPerMinute" must be a number from 1 to 6000, or null.')
  .min(1, '"callsPerMinute" must be a number from 1 to 6000, or null.')
  .max(6000, '"callsPerMinute" must be a number from 1 to 6000, or null.')
  .nullable()
  .meta({ description: 'The most calls begun in any 60 seconds; null: only the concurrency limits them.' })

const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d$/

const CallingSpan = z
  .strictObject({
    day: z.enum(weekdays),
    from: z.string().regex(timeOfDay, '"from" must be a time of day such as 09:00.'),
    to: z
      .string()
      .refine(
        (to) => timeOfDay.test(to) || to === '24:00',
        '"to" must be a time of day such as 18:00, or 24:00.',
      ),
  })
  .refine(({ from, to }) => from < to, {
    error: '"to" must be later than "from". Write a span over midnight as two: one to 24:00, one from 00:00.',
    path: ['to'],
  })

export const CallingHoursFields = z
  .strictObject({
    timeZone: TimeZone,
    days: z
      .array(CallingSpan)
      .min(
        1,
        '"days" must hold at least one span, such as {"day": "monday", "from": "09:00", "to": "18:00"}.',
      )
      .max(100),
  })
  .meta({
    description: 'When calls may be made, by weekday and the clock of a time zone.',
  })

export const RetriesFields = z
  .strictObject({
    attemptsMax: z
      .int()
      .min(1, '"attemptsMax" must be a whole number from 1 to 10.')
      .max(10, '"attemptsMax" must be a whole number from 1 to 10.')
      .meta({ description: 'The most times a contact is called.' }),
    afterMinutes: z
      .int()
      .min(1, '"afterMinutes" must be a whole number from 1 to 10080 (a week).')
      .max(10_080, '"afterMinutes" must be a whole number from 1 to 10080 (a week).'),
    on: z.array(z.enum(retryOutcomes)).max(4),
  })
  .meta({ description: 'How often, and after which dispositions, a contact is called again.' })

const countrySentence = '"defaultCountry" must be a country code of two letters, such as DE or US.'

export const Country = z
  .string(countrySentence)
  .transform((code) => code.toUpperCase())
  .refine((code) => isSupportedCountry(code), countrySentence)
  .meta({ description: 'Two letters: the country of numbers without a country code.', example: 'DE' })

const OnVoicemail = z.enum(['hang_up', 'talk'])
const ResumeWhenCreditsReturn = z.boolean().meta({
  description:
    'Whether a campaign that paused because credits ran out resumes automatically when they return.',
})

export const NewCampaignRequest = z.strictObject({
  name: CampaignName,
  agentId: z.string(),
  concurrency: Concurrency.default(5),
  callsPerMinute: CallsPerMinute.default(null),
  callingHours: CallingHoursFields.nullable().default(null),
  retries: RetriesFields.default({ attemptsMax: 1, afterMinutes: 60, on: [] }),
  onVoicemail: OnVoicemail.default('hang_up'),
  resumeWhenCreditsReturn: ResumeWhenCreditsReturn.default(false),
  defaultCountry: Country.nullable().default(null),
})

export const CampaignChangeRequest = z.strictObject({
  name: CampaignName.optional(),
  agentId: z.string().optional(),
  concurrency: Concurrency.optional(),
  callsPerMinute: CallsPerMinute.optional(),
  callingHours: CallingHoursFields.nullable().optional(),
  retries: RetriesFields.optional(),
  onVoicemail: OnVoicemail.optional(),
  resumeWhenCreditsReturn: ResumeWhenCreditsReturn.optional(),
  defaultCountry: Country.nullable().optional(),
})

const startsAtSentence =
  '"startsAt" must be an instant in RFC 3339 form, such as 2026-11-22T10:00:00.000Z, or null.'

export const StartCampaignRequest = z.strictObject({
  startsAt: z.iso
    .datetime({ offset: true, error: startsAtSentence })
    .transform((text) => Date.parse(text))
    .nullable()
    .optional()
    .meta({ description: 'When to start. Now, if left out, null or past.' }),
})

/** Converts a campaign's public id to its UUID. Throws `campaign_not_found` for anything else. */
export function campaignUuid(id: string): string {
  const uuid = uuidFrom('campaign', id)
  if (uuid !== undefined) return uuid
  throw new Problem(campaignProblems.campaign_not_found, 'There is no such campaign in this workspace.')
}

/** Converts an agent's public id to its UUID. Throws `agent_not_found` for anything else. */
export function agentUuid(id: string): string {
  const uuid = uuidFrom('agent', id)
  if (uuid !== undefined) return uuid
  const detail = 'There is no such agent in this workspace.'
  throw new Problem(agentProblems.agent_not_found, detail, { errors: [{ pointer: '/agentId', detail }] })
}
