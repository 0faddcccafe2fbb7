import type { UseFormReturnType } from '@mantine/form'
import type { Campaign, NewCampaign } from '../../api/types.ts'
import { findHoursProblem, type HoursFields, hoursFieldsOf, hoursOf } from './hours-form.ts'

export const CONCURRENCY_MAX = 1_000
export const CALLS_PER_MINUTE_MAX = 6_000
export const ATTEMPTS_MAX = 10
export const RETRY_AFTER_MINUTES_MAX = 10_080

export const retryOutcomes = ['no_answer', 'busy', 'voicemail', 'failed'] as const
export type RetryOutcome = (typeof retryOutcomes)[number]

const units = { minutes: 1, hours: 60, days: 24 * 60 } as const
export type Unit = keyof typeof units

/** A campaign as its form has it. Fields have the names of the API, so that its errors find their field. */
export type CampaignFields = {
  name: string
  agentId: string | null
  concurrency: number | string
  /** Empty means as many as the concurrency allows. */
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

/** The props of the rows of the campaign form. */
export type CampaignFormProps = { form: UseFormReturnType<CampaignFields> }

/** Converts minutes to the largest unit in which they are a whole number. */
function splitMinutes(minutes: number): { afterMinutes: number; afterUnit: Unit } {
  const unit = (['days', 'hours'] as const).find((candidate) => minutes % units[candidate] === 0) ?? 'minutes'
  return { afterMinutes: minutes / units[unit], afterUnit: unit }
}

/** Fills the form of a new campaign. `timeZone` is the workspace's. */
export function makeNewFields(timeZone: string): CampaignFields {
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

/** Fills the form from a campaign. */
export function fieldsOf(campaign: Campaign, timeZone: string): CampaignFields {
  const { retries } = campaign
  return {
    name: campaign.name,
    agentId: campaign.agentId,
    concurrency: campaign.concurrency,
    callsPerMinute: campaign.callsPerMinute ?? '',
    callingHours: hoursFieldsOf(campaign.callingHours, timeZone),
    attemptsMax: retries.attemptsMax,
    ...splitMinutes(retries.afterMinutes),
    on: [...retries.on],
    onVoicemail: campaign.onVoicemail,
    resumeWhenCreditsReturn: campaign.resumeWhenCreditsReturn,
    defaultCountry: campaign.defaultCountry,
  }
}

/** Reads the campaign from the form, as the API takes it. */
export function readCampaign(fields: CampaignFields): NewCampaign {
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

function validateCount(value: number | string, max: number): string | null {
  const number = Number(value)
  const fits = value !== '' && Number.isInteger(number) && number >= 1 && number <= max
  return fits ? null : `Enter a whole number from 1 to ${max.toLocaleString('en')}`
}

/** Validates the fields: a message by field, null for valid ones. */
export function validateFields(fields: CampaignFields) {
  const minutes = Number(fields.afterMinutes) * units[fields.afterUnit]
  const perMinute = Number(fields.callsPerMinute)
  return {
    name: fields.name.trim() === '' ? 'Give the campaign a name' : null,
    agentId: fields.agentId === null ? 'Choose an agent' : null,
    concurrency: validateCount(fields.concurrency, CONCURRENCY_MAX),
    callsPerMinute:
      fields.callsPerMinute === '' || (perMinute >= 1 && perMinute <= CALLS_PER_MINUTE_MAX)
        ? null
        : `Enter a number from 1 to ${CALLS_PER_MINUTE_MAX.toLocaleString('en')}, or leave it empty`,
    callingHours: findHoursProblem(fields.callingHours),
    attemptsMax: validateCount(fields.attemptsMax, ATTEMPTS_MAX),
    afterMinutes:
      fields.afterMinutes !== '' &&
      Number.isInteger(minutes) &&
      minutes >= 1 &&
      minutes <= RETRY_AFTER_MINUTES_MAX
        ? null
        : 'Enter a time from 1 minute to 7 days',
  }
}
