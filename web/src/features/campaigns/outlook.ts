import type { Campaign } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { hoursInWords } from './hours-form.ts'
import { aboutCredits, contactsInWords, contactsLeft, count, describeWhen } from './labels.ts'

/** One thing that will happen. `warn` marks what should be considered first. */
export type Prospect = { tone: 'plain' | 'warn'; text: string }

type Situation = {
  /** The balance now, in milliseconds of talk time. */
  balanceMs: number
  timeZone: string
  nowMs: number
  /** Whether the campaign starts at a chosen time rather than now. */
  later: boolean
}

/** Predicts what happens when the campaign starts or resumes. */
export function predictOutlook(campaign: Campaign, situation: Situation): Prospect[] {
  return [
    describeContacts(campaign),
    describeStart(campaign, situation),
    describeCredits(campaign, situation),
  ]
}

function describeContacts(campaign: Campaign): Prospect {
  const left = contactsLeft(campaign)
  const pace =
    campaign.callsPerMinute === null ? '' : ` and up to ${count(campaign.callsPerMinute)} calls a minute`
  const together =
    campaign.concurrency === 1 ? 'one at a time' : `up to ${count(campaign.concurrency)} at once`
  return {
    tone: 'plain',
    text: `${campaign.agentName} calls ${contactsInWords(left)}, ${together}${pace}.`,
  }
}

function describeStart(campaign: Campaign, { timeZone, nowMs, later }: Situation): Prospect {
  const { callingHours, callingNow, nextCallingAt } = campaign
  if (callingHours === null) {
    return {
      tone: 'plain',
      text: later ? 'Calls start at that time.' : 'Calls start right away, at any time of day.',
    }
  }
  const hours = hoursInWords(callingHours)
  if (later) return { tone: 'plain', text: `Calls are only made during calling hours: ${hours}.` }
  if (callingNow)
    return { tone: 'plain', text: `Calls start right away, during calling hours only: ${hours}.` }
  if (nextCallingAt === null)
    return { tone: 'warn', text: 'The calling hours never start, so nobody is called.' }
  const starts = describeWhen(nextCallingAt, timeZone, nowMs)
  return { tone: 'warn', text: `Calls start ${starts}, when calling hours begin: ${hours}.` }
}

function describeCredits(campaign: Campaign, { balanceMs }: Situation): Prospect {
  const balance = creditsInWords(Math.max(0, balanceMs))
  if (balanceMs <= 0) return { tone: 'warn', text: 'The workspace is out of credits. Buy credits first.' }
  if (campaign.creditsToFinish === null) {
    return {
      tone: 'plain',
      text: `An estimate of the credits needed appears after the first calls. The balance is ${balance}. If it runs out, ${describePause(campaign)}.`,
    }
  }
  const needed = aboutCredits(campaign.creditsToFinish.milliseconds)
  if (campaign.creditsToFinish.milliseconds <= balanceMs) {
    return { tone: 'plain', text: `It needs ${needed}. The balance is ${balance}.` }
  }
  return {
    tone: 'warn',
    text: `It needs ${needed}, but the balance is ${balance}. When it runs out, ${describePause(campaign)}.`,
  }
}

function describePause({ resumeWhenCreditsReturn }: Campaign): string {
  return resumeWhenCreditsReturn
    ? 'the campaign pauses, and resumes automatically when credits return'
    : 'the campaign pauses until someone resumes it'
}
