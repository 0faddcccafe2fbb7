import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { assertNever } from '@talktime/core/exhaustive'
import type { Campaign, CampaignStatus, Contact, ContactState } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { instant, momentInWords } from '../../design/format/instant.ts'
import { locale } from '../../design/format/locale.ts'

export const statusLabels: Record<CampaignStatus, string> = {
  draft: 'Draft',
  scheduled: 'Scheduled',
  running: 'Running',
  paused: 'Paused',
  completed: 'Completed',
}

export const pauseReasons: Record<NonNullable<Campaign['pauseReason']>, string> = {
  out_of_credits: 'out of credits',
  by_user: 'by a member',
  agent_disabled: 'agent disabled',
  plan_required: 'paid plan required',
  workspace_suspended: 'workspace suspended',
  email_unverified: 'email address not verified',
  carrier_failing: 'calls are failing',
}

export const contactStateLabels: Record<ContactState, string> = {
  waiting: 'Waiting',
  calling: 'Calling',
  reached: 'Reached',
  not_reached: 'Not reached',
}

/** The outcomes of a call to a contact. */
const outcomeLabels: Record<string, string> = {
  reached: 'Reached',
  no_answer: 'No answer',
  busy: 'Busy',
  failed: 'Failed',
  voicemail: 'Voicemail',
  canceled: 'Canceled',
  not_called: 'Not called',
}

/** Names an outcome. Outcomes that the dashboard does not know keep their API name. */
export function outcomeLabel(outcome: NonNullable<Contact['lastOutcome']>): string {
  return outcomeLabels[outcome] ?? outcome.replaceAll('_', ' ')
}

const whole = new Intl.NumberFormat(locale)

/** Writes a count with separators: `1,000`. */
export const count = (number: number) => whole.format(number)

/** Counts contacts: `1 contact`, `312 contacts`. */
export function contactsInWords(number: number): string {
  return `${count(number)} ${number === 1 ? 'contact' : 'contacts'}`
}

/** The number of contacts that are waiting or being called. */
export function contactsLeft({ contacts }: Pick<Campaign, 'contacts'>): number {
  return contacts.waiting + contacts.calling
}

/** Writes an estimate, rounded to whole credits from 10 credits on: `about 940 credits`, `about 3.5 credits`. */
export function aboutCredits(milliseconds: number): string {
  return `about ${creditsInWords(roundEstimate(milliseconds))}`
}

/** Rounds an estimate to whole credits, from 10 credits on. */
export function roundEstimate(milliseconds: number): number {
  if (milliseconds < 10 * MS_PER_CREDIT) return milliseconds
  return Math.round(milliseconds / MS_PER_CREDIT) * MS_PER_CREDIT
}

/** What is left to call and the credits it needs: `312 contacts left, about 940 credits needed`. */
export function describeRemaining(campaign: Campaign): string {
  const left = contactsLeft(campaign)
  if (left === 0) return 'No contacts left'
  const started = campaign.status !== 'draft' && campaign.status !== 'scheduled'
  const contacts = `${contactsInWords(left)} ${started ? 'left' : 'to call'}`
  if (campaign.creditsToFinish === null) return contacts
  return `${contacts}, ${aboutCredits(campaign.creditsToFinish.milliseconds)} needed`
}

/** A time that follows a verb: `at 02:02 PM` today, `on Nov 23, 02:02 PM` on other days. */
export function describeWhen(at: string, timeZone: string, nowMs: number): string {
  const moment = momentInWords(at, timeZone, nowMs)
  return `${moment === instant(at, 'time', timeZone) ? 'at' : 'on'} ${moment}`
}

/** The campaign's status with its reason and time: `Paused: out of credits at 02:02 PM`. */
export function describeStatus(campaign: Campaign, timeZone: string, nowMs: number): string {
  const when = (at: string) => describeWhen(at, timeZone, nowMs)
  switch (campaign.status) {
    case 'draft':
      return 'Draft: not started yet'
    case 'scheduled':
      return campaign.startsAt === null ? 'Scheduled' : `Scheduled: starts ${when(campaign.startsAt)}`
    case 'running':
      if (campaign.callingNow) return 'Running: calling now'
      return campaign.nextCallingAt === null
        ? 'Running: calling hours never start'
        : `Running: outside calling hours until ${momentInWords(campaign.nextCallingAt, timeZone, nowMs)}`
    case 'paused': {
      const reason = campaign.pauseReason === null ? '' : `: ${pauseReasons[campaign.pauseReason]}`
      const since = campaign.pausedAt === null ? '' : ` ${when(campaign.pausedAt)}`
      return `Paused${reason}${since}`
    }
    case 'completed':
      return campaign.completedAt === null ? 'Completed' : `Completed ${when(campaign.completedAt)}`
    default:
      return assertNever(campaign.status)
  }
}
