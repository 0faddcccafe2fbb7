import { computeUnpaidPlanEnd } from '@talktime/core/billing/renewal'
import { z } from 'zod'
import { Amount, amountOf } from '../ledger/index.ts'
import { PurchaseResponse } from '../payments/index.ts'
import type { Plan, Subscription } from '../plans/index.ts'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { Money } from '../platform/http/money.ts'
import type { Quote } from './change-plan.ts'
import { isCharged } from './renew-subscription.ts'

export const SubscriptionResponse = z
  .object({
    planId: z.string(),
    planName: z.string(),
    pendingPlanId: z
      .string()
      .nullable()
      .meta({ description: 'The plan that begins when the cycle ends; null: the plan stays.' }),
    cycle: z.object({ startsAt: Instant, endsAt: Instant }),
    renewal: z
      .object({ amount: Money, at: Instant })
      .nullable()
      .meta({ description: 'What will be charged to the default card, and when; null: nothing.' }),
    status: z.enum(['active', 'past_due', 'invoiced']).meta({
      description: 'past_due: the renewal is not paid; invoiced: the operator collects the money elsewhere.',
    }),
    pastDue: z
      .object({
        since: Instant,
        nextTryAt: Instant.nullable(),
        endsAt: Instant.meta({ description: 'When the plan ends if nothing is paid.' }),
      })
      .nullable(),
  })
  .meta({ id: 'Subscription', description: 'The plan of a workspace, and what happens when its cycle ends.' })

/**
 * Converts a subscription to its API form.
 *
 * @param next the plan of the next cycle, as it is in the catalog now
 */
export function subscriptionResponse(
  subscription: Subscription,
  next: Plan | undefined,
): z.infer<typeof SubscriptionResponse> {
  const { planId, terms, pendingPlanId, cycle, collection, pastDueSinceMs } = subscription
  return {
    planId,
    planName: terms.name,
    pendingPlanId,
    cycle: { startsAt: instantOf(cycle.startsAtMs), endsAt: instantOf(cycle.endsAtMs) },
    renewal: describeRenewal(subscription, next),
    status:
      pastDueSinceMs !== null ? 'past_due' : collection === 'invoiced' && terms.paid ? 'invoiced' : 'active',
    pastDue:
      pastDueSinceMs === null
        ? null
        : {
            since: instantOf(pastDueSinceMs),
            nextTryAt: instantOrNull(subscription.nextRenewalTryMs),
            endsAt: instantOf(computeUnpaidPlanEnd(pastDueSinceMs)),
          },
  }
}

function describeRenewal(subscription: Subscription, next: Plan | undefined) {
  if (next === undefined || subscription.collection !== 'card') return null
  if (next.priceMinor === null || next.priceMinor === 0) return null
  return {
    amount: { minor: next.priceMinor, currency: next.currency },
    at: instantOf(subscription.cycle.endsAtMs),
  }
}

export const PreviewResponse = z
  .object({
    change: z.enum(['none', 'upgrade', 'downgrade', 'keep']).meta({
      description: 'upgrade: at once; downgrade: when the cycle ends; keep: a chosen downgrade is undone.',
    }),
    from: z.string(),
    to: z.string(),
    effectiveAt: Instant,
    charge: Money.meta({ description: 'Charged now.' }),
    credits: Amount.meta({ description: 'Granted now, for the rest of the cycle.' }),
    renewal: z.object({ amount: Money, at: Instant }).nullable(),
    allowed: z.boolean(),
    reason: z.string().nullable().meta({ description: 'Why it is not allowed.' }),
  })
  .meta({ id: 'SubscriptionPreview', description: 'What a change of plan would do.' })

/**
 * Converts a quote to its API form.
 *
 * @param refusal why the change is not allowed; `null` if it is
 */
export function previewResponse(
  { subscription, plan, change }: Quote,
  refusal: string | null,
  nowMs: number,
): z.infer<typeof PreviewResponse> {
  const chargeMinor = change.kind === 'upgrade' ? change.chargeMinor : 0
  const charged = change.kind === 'upgrade' || isCharged(subscription)
  const price = plan.priceMinor ?? 0
  return {
    change: change.kind,
    from: subscription.planId,
    to: plan.id,
    effectiveAt: instantOf(change.kind === 'downgrade' ? change.atMs : nowMs),
    charge: { minor: chargeMinor, currency: plan.currency },
    credits: amountOf(change.kind === 'upgrade' ? change.grantMs : 0),
    renewal:
      charged && price > 0
        ? { amount: { minor: price, currency: plan.currency }, at: instantOf(subscription.cycle.endsAtMs) }
        : null,
    allowed: refusal === null,
    reason: refusal,
  }
}

export const ChangedResponse = z
  .object({
    change: z.enum(['none', 'upgrade', 'downgrade', 'keep']),
    purchase: PurchaseResponse.nullable(),
    subscription: SubscriptionResponse,
  })
  .meta({ id: 'SubscriptionChanged' })
