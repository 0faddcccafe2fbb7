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
  by_user: 'by hand',
  agent_disabled: 'its agent is disabled',
  plan_required: 'paid plan required',
  workspace_suspended: 'the workspace is suspended',
  carrier_failing: 'calls cannot be made',
}

export const contactStateLabels: Record<ContactState, string> = {
  waiting: 'Waiting',
  calling: 'Calling',
  reached: 'Reached',
  not_reached: 'Not reached',
}

/** What became of a call to a contact. */
const outcomeWords: Record<string, string> = {
  reached: 'Reached',
  no_answer: 'No answer',
  busy: 'Busy',
  failed: 'Failed',
  voicemail: 'Voicemail',
  canceled: 'Taken back',
  not_called: 'Not called',
}

export function outcomeLabel(outcome: NonNullable<Contact['lastOutcome']>): string {
  return outcomeWords[outcome] ?? outcome.replaceAll('_', ' ')
}

const whole = new Intl.NumberFormat(locale)

/** `1,000` */
export const count = (number: number) => whole.format(number)

/** `1 contact`, `312 contacts` */
export function contactsInWords(number: number): string {
  return `${count(number)} ${number === 1 ? 'contact' : 'contacts'}`
}

export function contactsLeft({ contacts }: Pick<Campaign, 'contacts'>): number {
  return contacts.waiting + contacts.calling
}

/** An estimate for people: `about 940 credits`, `about 3.5 credits`. */
export function aboutCredits(milliseconds: number): string {
  const creditMs = 60_000
  const rounded =
    milliseconds >= 10 * creditMs ? Math.round(milliseconds / creditMs) * creditMs : milliseconds
  return `about ${creditsInWords(rounded)}`
}

/** What is left to call and what that takes: `312 contacts left, about 940 credits needed`. */
export function leftInWords(campaign: Campaign): string {
  const left = contactsLeft(campaign)
  if (left === 0) return 'No contact is left'
  const begun = campaign.status !== 'draft' && campaign.status !== 'scheduled'
  const contacts = `${contactsInWords(left)} ${begun ? 'left' : 'to call'}`
  if (campaign.creditsToFinish === null) return contacts
  return `${contacts}, ${aboutCredits(campaign.creditsToFinish.milliseconds)} needed`
}

/** A moment to follow a verb: `at 14:02` today, `on 23 Nov, 14:02` otherwise. */
export function whenInWords(at: string, timeZone: string, nowMs: number): string {
  const moment = momentInWords(at, timeZone, nowMs)
  return `${moment === instant(at, 'time', timeZone) ? 'at' : 'on'} ${moment}`
}

/** How the campaign stands, without its contacts: `Paused: out of credits at 14:02`. */
export function standingInWords(campaign: Campaign, timeZone: string, nowMs: number): string {
  const when = (at: string) => whenInWords(at, timeZone, nowMs)
  switch (campaign.status) {
    case 'draft':
      return 'Draft: nobody is called before it starts'
    case 'scheduled':
      return campaign.startsAt === null ? 'Scheduled' : `Scheduled: starts ${when(campaign.startsAt)}`
    case 'running':
      if (campaign.callingNow) return 'Running: calling now'
      return campaign.nextCallingAt === null
        ? 'Running: its calling hours never begin'
        : `Running: outside its calling hours until ${momentInWords(campaign.nextCallingAt, timeZone, nowMs)}`
    case 'paused': {
      const reason = campaign.pauseReason === null ? '' : `: ${pauseReasons[campaign.pauseReason]}`
      const since = campaign.pausedAt === null ? '' : ` ${when(campaign.pausedAt)}`
      return `Paused${reason}${since}`
    }
    case 'completed':
      return campaign.completedAt === null ? 'Completed' : `Completed ${when(campaign.completedAt)}`
  }
}
