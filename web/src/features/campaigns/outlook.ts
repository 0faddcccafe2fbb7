import type { Campaign } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { hoursInWords } from './hours-form.ts'
import { aboutCredits, contactsInWords, contactsLeft, count, whenInWords } from './labels.ts'

/** One thing that will happen; `warn`: something to think about first. */
export type Prospect = { tone: 'plain' | 'warn'; text: string }

type Situation = {
  /** The balance now, in milliseconds of talk time. */
  balanceMs: number
  timeZone: string
  nowMs: number
  /** It starts at a chosen time rather than now. */
  later: boolean
}

/** What happens when the campaign starts or goes on, said before it does. */
export function outlook(campaign: Campaign, situation: Situation): Prospect[] {
  return [whoIsCalled(campaign), whenCallsBegin(campaign, situation), whatItTakes(campaign, situation)]
}

function whoIsCalled(campaign: Campaign): Prospect {
  const left = contactsLeft(campaign)
  const pace =
    campaign.callsPerMinute === null
      ? ''
      : ` and ${count(campaign.callsPerMinute)} calls a minute at the most`
  const together =
    campaign.concurrency === 1 ? 'one after the other' : `at most ${count(campaign.concurrency)} at once`
  return {
    tone: 'plain',
    text: `${campaign.agentName} calls ${contactsInWords(left)}, ${together}${pace}.`,
  }
}

function whenCallsBegin(campaign: Campaign, { timeZone, nowMs, later }: Situation): Prospect {
  const { callingHours, callingNow, nextCallingAt } = campaign
  if (callingHours === null) {
    return {
      tone: 'plain',
      text: later ? 'Calls begin at that time.' : 'Calls begin at once, at any time of day.',
    }
  }
  const hours = hoursInWords(callingHours)
  if (later) return { tone: 'plain', text: `Calls are made only within its hours: ${hours}.` }
  if (callingNow) return { tone: 'plain', text: `Calls begin at once, and only within its hours: ${hours}.` }
  if (nextCallingAt === null)
    return { tone: 'warn', text: 'Its calling hours never begin: nobody is called.' }
  const begins = whenInWords(nextCallingAt, timeZone, nowMs)
  return { tone: 'warn', text: `Calls begin ${begins}, with its hours: ${hours}.` }
}

function whatItTakes(campaign: Campaign, { balanceMs }: Situation): Prospect {
  const balance = creditsInWords(Math.max(0, balanceMs))
  if (balanceMs <= 0) return { tone: 'warn', text: 'The workspace has no credits: buy credits first.' }
  if (campaign.creditsToFinish === null) {
    return {
      tone: 'plain',
      text: `How many credits it takes shows when some of its calls are over. The balance is ${balance}; when that is used up, ${afterZero(campaign)}.`,
    }
  }
  const needed = aboutCredits(campaign.creditsToFinish.milliseconds)
  if (campaign.creditsToFinish.milliseconds <= balanceMs) {
    return { tone: 'plain', text: `It takes ${needed}; the balance is ${balance}.` }
  }
  return {
    tone: 'warn',
    text: `It takes ${needed}, and the balance is ${balance}: when that is used up, ${afterZero(campaign)}.`,
  }
}

function afterZero({ resumeWhenCreditsReturn }: Campaign): string {
  return resumeWhenCreditsReturn
    ? 'it pauses, and goes on by itself when credits return'
    : 'it pauses until somebody resumes it'
}
