import { type AutoReloadDecision, RELOADS_PER_HOUR_MAX } from '@talktime/core/auto-reload/auto-reload'
import { creditsInWords } from '@talktime/core/billing/credits'
import { assertNever } from '@talktime/core/exhaustive'
import { formatInstant, formatMoney } from '../platform/text-format.ts'
import type { Attempt } from './attempt-store.ts'
import type { ReloadSituation } from './load-situation.ts'
import type { Recommendation } from './recommendation.ts'

/** Explains a decision to the customer in a sentence. */
export function describeState(situation: ReloadSituation, { reason, untilMs }: AutoReloadDecision): string {
  const { reload, decisionInput, lastDecline } = situation
  const price = formatMoney(reload.amountMinor, reload.currency)
  const threshold = formatCredits(situation.choice.thresholdMs)
  const until = untilMs === null ? '' : formatInstant(untilMs, situation.timeZone)
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
      return describeConfirmation(situation)
    case 'above_threshold':
      return `Buys ${reload.description} for ${price} when the balance drops below ${threshold}.`
    case 'retry_later':
      return `${declined} The card is tried again on ${until} if the balance is below ${threshold} then.`
    case 'hourly_limit_reached':
      return `${RELOADS_PER_HOUR_MAX} reloads were made within an hour, which is the most. The next is made on ${until} if the balance is below ${threshold} then; choose a larger amount if that is too little.`
    case 'monthly_cap_reached': {
      const spent = formatMoney(decisionInput.spentThisMonthMinor, reload.currency)
      const cap = formatMoney(decisionInput.settings.monthlyCapMinor ?? 0, reload.currency)
      return `Reloads cost ${spent} this month; another for ${price} would pass the cap of ${cap}. A new month begins on ${until}.`
    }
    case 'below_threshold':
      return `The balance is below ${threshold}: ${reload.description} are bought for ${price}.`
    default:
      return assertNever(reason)
  }
}

function describeConfirmation({ lastDecline }: ReloadSituation): string {
  const stopped = 'Auto-reload has stopped until the card is changed or the settings are saved again.'
  return lastDecline?.status === 'requires_action'
    ? `The bank wants you to confirm the payment. Confirm it, or change the card or save the settings again to start a new payment.`
    : `${lastDecline?.failureMessage ?? 'The payment was not confirmed with the bank.'} ${stopped}`
}

/** Says in a sentence what became of an attempt. */
export function describeAttempt({ detail, purchase }: Attempt): string {
  if (purchase === null) return detail ?? ''
  const bought = `${purchase.description} for ${formatMoney(purchase.amountMinor, purchase.currency)}`
  switch (purchase.status) {
    case 'succeeded':
      return `Bought ${bought}.`
    case 'pending':
      return `${bought}: the outcome is not known yet. It is being looked up.`
    case 'requires_action':
      return `${bought}: waits for your confirmation with the bank.`
    case 'failed':
      return `${bought}: ${purchase.failureMessage ?? 'The payment was declined.'}`
    default:
      return assertNever(purchase.status)
  }
}

/** Explains in a sentence why a threshold is recommended. */
export function explainRecommendation({ advice, days, overnight }: Recommendation, timeZone: string): string {
  const { because, busiestMs, thresholdMs } = advice
  const period = days === 1 ? 'the last day' : `the last ${days} days`
  const threshold = formatCredits(thresholdMs)
  if (because === 'campaigns_overnight') {
    const { campaigns, expectedMs, endsAtMs } = overnight
    const busy = busiestMs > 0 ? `; the busiest two hours of ${period} used ${formatCredits(busiestMs)}` : ''
    return `${describeCampaigns(campaigns)} expected to use ${formatCredits(expectedMs)} until ${formatInstant(endsAtMs, timeZone)}${busy}: ${threshold} last through the night, should a card be declined while nobody is there to change it.`
  }
  if (because === 'no_usage') return `There was no usage in ${period}: ${threshold} are enough to begin with.`
  const used = `The busiest two hours of ${period} used ${formatCredits(busiestMs)}`
  if (because === 'little_usage') return `${used}: the least that leaves time for a reload is ${threshold}.`
  return `${used}: ${threshold} last through such hours while a reload, or a second try, comes in.`
}

function describeCampaigns(names: readonly string[]): string {
  const [only, ...others] = names
  if (others.length > 0) return `${names.length} campaigns are`
  return `The campaign “${only ?? ''}” is`
}

/** Credits in an English sentence: `1 credit`, `1.5 credits`. */
function formatCredits(ms: number): string {
  return creditsInWords(ms, 'en-US')
}
