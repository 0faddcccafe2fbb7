import type { Campaign, NewCampaign } from '../../api/types.ts'
import { findHoursProblem, type HoursFields, hoursFieldsOf, hoursOf } from './hours-form.ts'

export const concurrencyMax = 1_000
export const callsPerMinuteMax = 6_000
export const attemptsMax = 10
export const afterMinutesMax = 10_080

export const retryOutcomes = ['no_answer', 'busy', 'voicemail', 'failed'] as const
export type RetryOutcome = (typeof retryOutcomes)[number]

const units = { minutes: 1, hours: 60, days: 24 * 60 } as const
export type Unit = keyof typeof units

/** A campaign as its form has it. Fields have the names of the API, so that its word about one finds it. */
export type CampaignFields = {
  name: string
  agentId: string | null
  concurrency: number | string
  /** Empty: as many as the concurrency allows. */
  callsPerMinute: number | string
  callingHours: HoursFields
  attemptsMax: number | string
  /** In `afterUnit`. */
  afterMinutes: number | string
  afterUnit: Unit
  on: RetryOutcome[]
  onVoicemail: 'hang_up' | 'talk'
  resumeWhenCreditsReturn: boolean
  defaultCountry: string | null
}

/** The largest unit in which the time is a whole number. */
function inUnits(minutes: number): { afterMinutes: number; afterUnit: Unit } {
  const unit = (['days', 'hours'] as const).find((candidate) => minutes % units[candidate] === 0) ?? 'minutes'
  return { afterMinutes: minutes / units[unit], afterUnit: unit }
}

/** What a new form shows. `timeZone` is the workspace's. */
export function newFields(timeZone: string): CampaignFields {
  return {
    name: '',
    agentId: null,
    concurrency: 5,
    callsPerMinute: '',
    callingHours: { ...hoursFieldsOf(null, timeZone), anyTime: false },
    attemptsMax: 3,
    afterMinutes: 4,
    afterUnit: 'hours',
    on: ['no_answer', 'busy'],
    onVoicemail: 'hang_up',
    resumeWhenCreditsReturn: false,
    defaultCountry: null,
  }
}

export function fieldsOf(campaign: Campaign, timeZone: string): CampaignFields {
  const { retries } = campaign
  return {
    name: campaign.name,
    agentId: campaign.agentId,
    concurrency: campaign.concurrency,
    callsPerMinute: campaign.callsPerMinute ?? '',
    callingHours: hoursFieldsOf(campaign.callingHours, timeZone),
    attemptsMax: retries.attemptsMax,
    ...inUnits(retries.afterMinutes),
    on: [...retries.on],
    onVoicemail: campaign.onVoicemail,
    resumeWhenCreditsReturn: campaign.resumeWhenCreditsReturn,
    defaultCountry: campaign.defaultCountry,
  }
}

/** The campaign as the API takes it. */
export function campaignOf(fields: CampaignFields): NewCampaign {
  const { callsPerMinute } = fields
  return {
    name: fields.name.trim(),
    agentId: fields.agentId ?? '',
    concurrency: Number(fields.concurrency),
    callsPerMinute: callsPerMinute === '' ? null : Number(callsPerMinute),
    callingHours: hoursOf(fields.callingHours),
    retries: {
      attemptsMax: Number(fields.attemptsMax),
      afterMinutes: Number(fields.afterMinutes) * units[fields.afterUnit],
      on: fields.on,
    },
    onVoicemail: fields.onVoicemail,
    resumeWhenCreditsReturn: fields.resumeWhenCreditsReturn,
    defaultCountry: fields.defaultCountry,
  }
}

function wholeFrom1(value: number | string, max: number): string | null {
  const number = Number(value)
  const fits = value !== '' && Number.isInteger(number) && number >= 1 && number <= max
  return fits ? null : `Enter a whole number from 1 to ${max.toLocaleString('en')}`
}

/** What is wrong with each field, for the form. */
export function problemsOf(fields: CampaignFields) {
  const minutes = Number(fields.afterMinutes) * units[fields.afterUnit]
  const perMinute = Number(fields.callsPerMinute)
  return {
    name: fields.name.trim() === '' ? 'Give the campaign a name' : null,
    agentId: fields.agentId === null ? 'Choose the agent that calls' : null,
    concurrency: wholeFrom1(fields.concurrency, concurrencyMax),
    callsPerMinute:
      fields.callsPerMinute === '' || (perMinute >= 1 && perMinute <= callsPerMinuteMax)
        ? null
        : `Enter a number from 1 to ${callsPerMinuteMax.toLocaleString('en')}, or nothing`,
    callingHours: findHoursProblem(fields.callingHours),
    attemptsMax: wholeFrom1(fields.attemptsMax, attemptsMax),
    afterMinutes:
      fields.afterMinutes !== '' && Number.isInteger(minutes) && minutes >= 1 && minutes <= afterMinutesMax
        ? null
        : 'Enter a time from 1 minute to 7 days',
  }
}
