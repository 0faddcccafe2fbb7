import { type AutoReloadDecision, RELOADS_PER_HOUR_MAX } from '@talktime/core/auto-reload/auto-reload'
import { formatCredits } from '@talktime/core/billing/credits'
import { formatInstant, formatMoney } from '../platform/text-format.ts'
import type { Attempt } from './attempt-store.ts'
import type { Facts } from './load-situation.ts'
import type { Recommendation } from './recommendation.ts'

/** Why auto-reload does what it does, for the customer. */
export function stateSentence(facts: Facts, { reason, untilMs }: AutoReloadDecision): string {
  const { reload, situation, lastDecline } = facts
  const price = formatMoney(reload.amountMinor, reload.currency)
  const threshold = creditsText(facts.choice.thresholdMs)
  const until = untilMs === null ? '' : formatInstant(untilMs, facts.timeZone)
  const declined = lastDecline?.failureMessage ?? 'The card was declined.'
  switch (reason) {
    case 'plan_required':
      return 'Paid plan required.'
    case 'switched_off':
      return 'Auto-reload is off.'
    case 'workspace_suspended':
      return 'The workspace is suspended: nothing is bought.'
    case 'purchase_in_flight':
      return `A purchase of ${reload.description} for ${price} is under way.`
    case 'no_card':
      return 'There is no card to charge. Add one.'
    case 'card_declined':
      return `${declined} Auto-reload has stopped until the card is changed or the settings are saved again.`
    case 'confirmation_required':
      return confirmationSentence(facts)
    case 'above_threshold':
      return `Buys ${reload.description} for ${price} when the balance drops below ${threshold}.`
    case 'retry_later':
      return `${declined} The card is tried again on ${until} if the balance is below ${threshold} then.`
    case 'hourly_limit_reached':
      return `${RELOADS_PER_HOUR_MAX} reloads were made within an hour, which is the most. The next is made on ${until} if the balance is below ${threshold} then; choose a larger amount if that is too little.`
    case 'monthly_cap_reached': {
      const spent = formatMoney(situation.spentThisMonthMinor, reload.currency)
      const cap = formatMoney(situation.settings.monthlyCapMinor ?? 0, reload.currency)
      return `Reloads cost ${spent} this month; another for ${price} would pass the cap of ${cap}. A new month begins on ${until}.`
    }
    case 'below_threshold':
      return `The balance is below ${threshold}: ${reload.description} are bought for ${price}.`
  }
}

function confirmationSentence({ lastDecline }: Facts): string {
  const stopped = 'Auto-reload has stopped until the card is changed or the settings are saved again.'
  return lastDecline?.status === 'requires_action'
    ? `The bank wants the payment to be confirmed. Confirm it; or change the card, or save the settings again, to have another made.`
    : `${lastDecline?.failureMessage ?? 'The payment was not confirmed with the bank.'} ${stopped}`
}

/** What became of an attempt. */
export function attemptSentence({ detail, purchase }: Attempt): string {
  if (purchase === null) return detail ?? ''
  const bought = `${purchase.description} for ${formatMoney(purchase.amountMinor, purchase.currency)}`
  switch (purchase.status) {
    case 'succeeded':
      return `Bought ${bought}.`
    case 'pending':
      return `${bought}: the outcome is not known yet, and is being found out.`
    case 'requires_action':
      return `${bought}: waits for your confirmation with the bank.`
    case 'failed':
      return `${bought}: ${purchase.failureMessage ?? 'The payment was declined.'}`
  }
}

/** Why this threshold is recommended. */
export function recommendationSentence(
  { advice, days, overnight }: Recommendation,
  timeZone: string,
): string {
  const { because, busiestMs, thresholdMs } = advice
  const period = days === 1 ? 'the last day' : `the last ${days} days`
  const threshold = creditsText(thresholdMs)
  if (because === 'campaigns_overnight') {
    const { campaigns, expectedMs, endsAtMs } = overnight
    const busy = busiestMs > 0 ? `; the busiest two hours of ${period} used ${creditsText(busiestMs)}` : ''
    return `${campaignsText(campaigns)} expected to use ${creditsText(expectedMs)} until ${formatInstant(endsAtMs, timeZone)}${busy}: ${threshold} last through the night, should a card be declined while nobody is there to change it.`
  }
  if (because === 'no_usage') return `There was no usage in ${period}: ${threshold} are enough to begin with.`
  const used = `The busiest two hours of ${period} used ${creditsText(busiestMs)}`
  if (because === 'little_usage') return `${used}: the least that leaves time for a reload is ${threshold}.`
  return `${used}: ${threshold} last through such hours while a reload, or a second try, comes in.`
}

function campaignsText(names: readonly string[]): string {
  const [only, ...others] = names
  if (others.length > 0) return `${names.length} campaigns are`
  return `The campaign “${only ?? ''}” is`
}

export function creditsText(ms: number): string {
  const text = formatCredits(ms, 'en-US')
  return `${text} ${text === '1' ? 'credit' : 'credits'}`
}
